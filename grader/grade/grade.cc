#include "grade/grade.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <iterator>
#include <optional>
#include <thread>
#include <vector>

#include "compile/build.h"
#include "compile/submission.h"
#include "detect/identity.h"
#include "detect/left_behind.h"
#include "detect/results.h"
#include "grade/held_scenario.h"
#include "run/full_speed.h"
#include "sandbox/fd.h"
#include "sandbox/policy.h"
#include "verdict/judge.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;

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

/// Whether a run at full speed decides the scenario: a refused call, or a limit that is not one of
/// time. Waiting too long may be luck; whether it is, the held runs tell.
bool decides(const Trace& full_speed) {
  if (!full_speed.stopped) return false;
  const auto* limit = std::get_if<sandbox::LimitReached>(&full_speed.stopped->what);
  return limit == nullptr || (limit->kind != sandbox::LimitKind::kWallTime &&
                              limit->kind != sandbox::LimitKind::kCpuTime);
}

/// A scenario at full speed, and then in every order.
Expected<void> grade_scenario(const HeldSpec& spec, const Trace& full_speed, std::size_t index,
                              const GradeOptions& options, Results& results,
                              std::vector<Exploration>& explorations) {
  const Scenario& scenario = spec.assignment.scenarios[index];
  if (decides(full_speed)) {
    append(results.findings, detect_wrong_results(scenario, full_speed));
    append(results.findings, detect_left_behind(scenario, full_speed));
    return {};
  }
  tell(options, "explore: " + scenario.title);
  auto report = search_scenario(spec, index, full_speed);
  if (!report) return std::unexpected(report.error());
  if (sandbox::is_readable(options.stop)) return sandbox::failure(kWasStopped);
  if (!report->unmodelled.empty()) {
    return sandbox::failure(std::string(kCannotHold) + report->unmodelled);
  }
  append(results.findings, std::move(report->findings));
  explorations.push_back(std::move(report->exploration));
  for (const std::string& one : report->inconclusive) {
    tell(options, "inconclusive, and a fault of the grader: " + one);
  }
  return {};
}

/// The scenarios at full speed: several at once and beside held runs, since where programs wait for
/// ever each takes as long as it may, and little of the processor.
class FullSpeedRuns {
 public:
  FullSpeedRuns(const RunSpec& run, std::size_t jobs)
      : run_(run), traces_(run.assignment.scenarios.size()) {
    if (jobs < 2) return;
    while (threads_.size() < std::min(jobs, traces_.size())) {
      threads_.emplace_back([this](const std::stop_token& stop) {
        for (std::size_t i = next_++; i < traces_.size() && !stop.stop_requested(); i = next_++) {
          make(i);
        }
      });
    }
  }

  /// Waits for it. `isolation` gets that of its box.
  Expected<Trace> take(std::size_t index, std::optional<sandbox::Isolation>& isolation) {
    if (threads_.empty()) make(index);
    Expected<Made> made = traces_[index].get_future().get();
    if (!made) return std::unexpected(made.error());
    if (made->isolation) isolation = made->isolation;
    return std::move(made->trace);
  }

 private:
  struct Made {
    Trace trace;
    std::optional<sandbox::Isolation> isolation;
  };

  void make(std::size_t index) {
    std::optional<sandbox::Isolation> isolation;
    auto trace = run_at_full_speed(run_, run_.assignment.scenarios[index], isolation);
    if (trace) {
      traces_[index].set_value(Made{std::move(*trace), isolation});
    } else {
      traces_[index].set_value(std::unexpected(trace.error()));
    }
  }

  const RunSpec& run_;
  std::vector<std::promise<Expected<Made>>> traces_;
  std::atomic<std::size_t> next_ = 0;
  std::vector<std::jthread> threads_;
};

Expected<void> grade_scenarios(const RunSpec& run, const HeldSpec& held,
                               const GradeOptions& options, Results& results,
                               std::optional<sandbox::Isolation>& isolation,
                               std::vector<Exploration>& explorations) {
  FullSpeedRuns full_speed(run, options.search.jobs);
  for (std::size_t i = 0; i < run.assignment.scenarios.size(); ++i) {
    const Scenario& scenario = run.assignment.scenarios[i];
    tell(options, "run: " + scenario.title);
    const auto trace = full_speed.take(i, isolation);
    if (!trace) return std::unexpected(trace.error());
    if (trace->stopped && std::holds_alternative<sandbox::Interrupted>(trace->stopped->what)) {
      return sandbox::failure(kWasStopped);
    }
    auto graded = grade_scenario(held, *trace, i, options, results, explorations);
    if (!graded) return graded;
  }
  return {};
}

Expected<Results> results_of(const sandbox::Host& host, const Assignment& assignment,
                             const Submission& submission, const GradeOptions& options,
                             std::optional<sandbox::Isolation>& isolation,
                             std::vector<Exploration>& explorations) {
  const auto policy = sandbox::Policy::of(assignment.policy);
  if (!policy) return std::unexpected(policy.error());
  tell(options, "build");
  auto built = build(host, assignment, submission, options.stop, Instrument::kYes);
  if (!built) return std::unexpected(built.error());
  isolation = built->isolation;
  if (built->stopped) return sandbox::failure(kWasStopped);
  Results results{std::move(built->warnings), std::move(built->findings)};
  if (results.findings.empty()) {
    const RunSpec run{host, assignment, *policy, built->programs, options.stop};
    std::vector<Program> programs;
    for (HeldProgram& one : built->held) programs.push_back(std::move(one.program));
    const HeldSpec held{
        host,           assignment,    *policy, programs, origin_of(assignment, submission),
        options.replay, options.search};
    auto graded = grade_scenarios(run, held, options, results, isolation, explorations);
    if (!graded) return std::unexpected(graded.error());
  }
  drop_repeated(results.findings);
  drop_same_faults(results.findings);
  // What the lab does not ask for is no fault in it.
  std::erase_if(results.findings, [&](const Finding& finding) {
    return std::ranges::none_of(assignment.checks, [&](const Check& check) {
      return std::ranges::find(check.kinds, finding.kind) != check.kinds.end();
    });
  });
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
  std::vector<Exploration> explorations;
  auto results = results_of(host, assignment, *submission, options, isolation, explorations);
  Verdict verdict;
  if (results) {
    verdict = judge(assignment, std::move(*results));
    verdict.exploration = std::move(explorations);
  } else {
    verdict.lab = assignment.name;
    verdict.ungraded_reason = results.error().text();
    verdict.ungraded = kind_of(verdict.ungraded_reason);
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
  auto trace =
      replay_schedule({host, assignment, *policy, programs, origin, "", {}}, token->schedule);
  if (!trace) return std::unexpected(trace.error());
  if (!*trace) return Replayed{{}, "the run went another way than the token says"};
  return Replayed{std::move(**trace), ""};
}

}  // namespace ipcgrade
