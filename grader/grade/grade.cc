#include "grade/grade.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>

#include "compile/build.h"
#include "compile/submission.h"
#include "detect/left_behind.h"
#include "detect/results.h"
#include "grade/held_scenario.h"
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

/// What a token belongs to.
Origin origin_of(const Assignment& assignment, const Submission& submission) {
  Fingerprint source;
  for (const SourceFile& file : submission.files) {
    source.add(file.path);
    source.add(file.bytes);
  }
  Fingerprint lab;
  std::ifstream text(assignment.folder / "assignment.toml", std::ios::binary);
  lab.add(std::string(std::istreambuf_iterator<char>(text), {}));
  Fingerprint tool;
  tool.add(IPCGRADE_VERSION);
  return make_origin(source.value(), lab.value(), tool.value());
}

/// Runs each scenario at full speed and collects what is wrong in them.
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

/// Whether its results are wrong when each gets its turn. What is left behind is another matter.
bool is_wrong(const std::vector<Finding>& findings, const Scenario& scenario) {
  return std::ranges::any_of(findings, [&](const Finding& one) {
    return one.scenario == scenario.id && one.severity == Severity::kError &&
           one.stage == Stage::kFair && one.kind != Kind::kLeakedObject &&
           one.kind != Kind::kLeakedProcess && one.kind != Kind::kUnreapedChild;
  });
}

/// Goes through the orders of each scenario that is right at full speed, and collects what is wrong
/// in them. One that is wrong already is not charged again for what follows from it.
Expected<void> search_scenarios(const HeldSpec& spec, const GradeOptions& options, Results& results,
                                Verdict& verdict) {
  std::vector<Finding> found;
  for (std::size_t i = 0; i < spec.assignment.scenarios.size(); ++i) {
    if (is_wrong(results.findings, spec.assignment.scenarios[i])) continue;
    tell(options, "explore: " + spec.assignment.scenarios[i].title);
    auto report = search_scenario(spec, i);
    if (!report) return std::unexpected(report.error());
    pollfd stop{options.stop, POLLIN, 0};
    if (options.stop >= 0 && ::poll(&stop, 1, 0) > 0) return sandbox::failure(kStopped);
    if (!report->unmodelled.empty()) {
      return sandbox::failure("this version can't hold a program at " + report->unmodelled);
    }
    // Right at full speed and wrong in the fair run: one of the two is a fault of the grader.
    if (is_wrong(report->findings, spec.assignment.scenarios[i])) {
      report->inconclusive.push_back(spec.assignment.scenarios[i].id + ": the fair run");
      report->findings.clear();
    }
    // What the fair run leaves behind was seen at full speed.
    std::erase_if(report->findings, [&](const Finding& one) {
      return one.stage == Stage::kFair ||
             std::ranges::any_of(results.findings, [&](const Finding& known) {
               return known.kind == one.kind && known.scenario == one.scenario &&
                      known.message == one.message;
             });
    });
    append(found, std::move(report->findings));
    verdict.exploration.push_back(std::move(report->exploration));
    for (const std::string& one : report->inconclusive) {
      tell(options, "inconclusive, and a fault of the grader: " + one);
    }
  }
  append(results.findings, std::move(found));
  return {};
}

Expected<Results> results_of(const sandbox::Host& host, const Assignment& assignment,
                             const Submission& submission, const GradeOptions& options,
                             std::optional<sandbox::Isolation>& isolation, Verdict& verdict) {
  const auto policy = sandbox::Policy::of(assignment.policy);
  if (!policy) return std::unexpected(policy.error());
  tell(options, "build");
  auto built = build(host, assignment, submission, options.stop,
                     options.search.orders ? Instrument::kYes : Instrument::kNo);
  if (!built) return std::unexpected(built.error());
  isolation = built->isolation;
  if (built->stopped) return sandbox::failure(kStopped);
  Results results{std::move(built->warnings), std::move(built->findings), options.search.orders};
  const bool complete = results.findings.empty();
  if (complete) {
    const RunSpec run{host, assignment, *policy, built->programs, options.stop};
    if (auto ran = run_scenarios(run, options, results, isolation); !ran) {
      return std::unexpected(ran.error());
    }
  }
  if (complete && options.search.orders) {
    std::vector<Program> programs;
    for (HeldProgram& one : built->held) programs.push_back(std::move(one.program));
    const HeldSpec spec{host,     assignment, *policy,       programs, origin_of(assignment, submission),
                        options.replay, options.search};
    if (auto ran = search_scenarios(spec, options, results, verdict); !ran) {
      return std::unexpected(ran.error());
    }
  }
  for (Finding& finding : results.findings) {
    if (finding.replay.empty()) finding.replay = options.command;
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
  Verdict verdict;
  auto results = results_of(host, assignment, *submission, options, isolation, verdict);
  if (results) {
    auto exploration = std::move(verdict.exploration);
    verdict = judge(assignment, std::move(*results));
    verdict.exploration = std::move(exploration);
  } else {
    verdict.lab = assignment.name;
    verdict.ungraded_reason = results.error().text();
  }
  verdict.submission = submission->name;
  if (isolation) verdict.isolation = {isolation->text(), isolation->missing()};
  verdict.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return verdict;
}

Expected<Replayed> replay_token(const sandbox::Host& host, const Assignment& assignment,
                                const std::filesystem::path& folder, const std::string& text,
                                int stop) {
  const auto token = decode(text);
  if (!token) return Replayed{{}, token.error().message};
  const auto submission = read_submission(folder);
  if (!submission) return std::unexpected(submission.error().within(folder.string()));
  const Origin origin = origin_of(assignment, *submission);
  if (std::string why = origin_mismatch(token->origin, origin); !why.empty()) {
    return Replayed{{}, std::move(why)};
  }
  const auto policy = sandbox::Policy::of(assignment.policy);
  if (!policy) return std::unexpected(policy.error());
  auto built = build(host, assignment, *submission, stop, Instrument::kYes);
  if (!built) return std::unexpected(built.error());
  if (!built->findings.empty()) return Replayed{{}, "the programs do not build"};
  std::vector<Program> programs;
  for (HeldProgram& one : built->held) programs.push_back(std::move(one.program));
  auto trace = replay_schedule({host, assignment, *policy, programs, origin, "", {}},
                               token->schedule);
  if (!trace) return std::unexpected(trace.error());
  if (!*trace) return Replayed{{}, "the run went another way than the token says"};
  return Replayed{std::move(**trace), ""};
}

}  // namespace ipcgrade
