#include "grade/grade.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "compile/build.h"
#include "compile/submission.h"
#include "detect/left_behind.h"
#include "detect/results.h"
#include "run/full_speed.h"
#include "sandbox/policy.h"
#include "verdict/judge.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;

constexpr const char* kStopped = "it was stopped before it was done";

void append(std::vector<Finding>& all, std::vector<Finding> some) {
  std::ranges::move(some, std::back_inserter(all));
}

void tell(const GradeOptions& options, const std::string& text) {
  if (options.progress) options.progress(text);
}

/// Runs each scenario and collects what is wrong in them.
Expected<void> run_scenarios(const RunSpec& spec, const GradeOptions& options, Results& results,
                             std::optional<sandbox::Isolation>& isolation) {
  for (const Scenario& scenario : spec.assignment.scenarios) {
    tell(options, "run: " + scenario.title);
    const auto trace = run_at_full_speed(spec, scenario, isolation);
    if (!trace) return std::unexpected(trace.error());
    if (trace->stopped && std::holds_alternative<sandbox::Interrupted>(trace->stopped->what)) {
      return sandbox::failure(kStopped);
    }
    append(results.findings, detect_wrong_results(scenario, *trace));
    append(results.findings, detect_left_behind(scenario, *trace));
  }
  return {};
}

Expected<Results> results_of(const sandbox::Host& host, const Assignment& assignment,
                             const Submission& submission, const GradeOptions& options,
                             std::optional<sandbox::Isolation>& isolation) {
  const auto policy = sandbox::Policy::of(assignment.policy);
  if (!policy) return std::unexpected(policy.error());
  tell(options, "build");
  auto built = build(host, assignment, submission, options.stop);
  if (!built) return std::unexpected(built.error());
  isolation = built->isolation;
  if (built->stopped) return sandbox::failure(kStopped);
  Results results{std::move(built->warnings), std::move(built->findings), false};
  if (results.findings.empty()) {
    const RunSpec spec{host, assignment, *policy, built->programs, options.stop};
    if (auto ran = run_scenarios(spec, options, results, isolation); !ran) {
      return std::unexpected(ran.error());
    }
  }
  for (Finding& finding : results.findings) {
    finding.replay = options.command;
    const auto scenario = std::ranges::find(assignment.scenarios, finding.scenario, &Scenario::id);
    if (scenario != assignment.scenarios.end()) finding.situation = scenario->title;
  }
  return results;
}

}  // namespace

Expected<Verdict> grade(const sandbox::Host& host, const Assignment& assignment,
                        const std::filesystem::path& folder, const GradeOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const auto submission = read_submission(folder);
  if (!submission) return std::unexpected(submission.error().within(folder.string()));
  for (const LeftOut& left : submission->left_out) {
    // Half a hand-in is not graded for what the grader may not read.
    if (left.unreadable) {
      return sandbox::failure((folder / left.path).string() + " " + left.reason);
    }
  }
  std::optional<sandbox::Isolation> isolation;  // of the boxes, once there is one
  auto results = results_of(host, assignment, *submission, options, isolation);
  Verdict verdict;
  if (results) {
    verdict = judge(assignment, std::move(*results));
  } else {
    verdict.lab = assignment.name;
    verdict.ungraded_reason = results.error().text();
  }
  verdict.submission = submission->name;
  if (isolation) verdict.isolation = {isolation->text(), isolation->missing()};
  verdict.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return verdict;
}

}  // namespace ipcgrade
