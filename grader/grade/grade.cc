#include "grade/grade.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

#include "compile/build.h"
#include "compile/submission.h"
#include "detect/identity.h"
#include "detect/left_behind.h"
#include "detect/results.h"
#include "grade/channels.h"
#include "grade/held_scenario.h"
#include "grade/inputs.h"
#include "run/full_speed_runs.h"
#include "sandbox/fd.h"
#include "sandbox/policy.h"
#include "verdict/judge.h"

namespace ipcgrade {
namespace {

using namespace std::chrono_literals;
using sandbox::Expected;

void append(std::vector<Finding>& all, std::vector<Finding> some) {
  std::ranges::move(some, std::back_inserter(all));
}

void tell(const GradeOptions& options, const std::string& text) {
  if (options.progress) options.progress(text);
}

void tell_inconclusive(const GradeOptions& options, const std::vector<std::string>& what) {
  for (const std::string& one : what) {
    tell(options, "inconclusive, and a fault of the grader: " + one);
  }
}

/// Notes, reports, and names without a dot, such as built programs and `make check > out`: what
/// comes to be beside the sources. A token stays good with another one.
bool is_beside_sources(const std::string& path) {
  constexpr std::array<std::string_view, 7> kEndings{".json", ".xml", ".html", ".sarif",
                                                     ".md",   ".txt", ".log"};
  const std::string name = std::filesystem::path(path).filename();
  if (!name.contains('.')) return !name.ends_with("akefile");
  return std::ranges::any_of(kEndings, [&](auto ending) { return name.ends_with(ending); });
}

/// What a token belongs to.
Origin origin_of(const Assignment& assignment, const Submission& submission) {
  Fingerprint source;
  for (const SourceFile& file : submission.files) {
    if (is_beside_sources(file.path)) continue;
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

/// A run at full speed that goes on for longer waits for something, or computes: the orders are
/// explored meanwhile.
constexpr auto kSoonOver = 1s;

/// Once a run at full speed was waited for in vain, the later ones are for so much less: they show
/// the same.
constexpr auto kSpared = 4s;

/// Whether some order is wrong.
bool depends_on_order(const Results& results) {
  return std::ranges::any_of(results.findings, [](const Finding& finding) {
    const bool is_order = finding.kind != Kind::kUnsafeHandler && finding.kind != Kind::kBusyWait &&
                          finding.kind != Kind::kUnclosedPipeEnd;
    return finding.stage == Stage::kOrders && finding.severity == Severity::kError && is_order;
  });
}

/// A scenario at full speed, and in every order.
class ScenarioGrader {
 public:
  ScenarioGrader(HeldSpec& held, FullSpeedRuns& full_speed, bool& in_vain, std::size_t index,
                 std::optional<sandbox::Isolation>& isolation)
      : held_(held),
        full_speed_(full_speed),
        in_vain_(in_vain),
        index_(index),
        scenario_(held.assignment.scenarios[index]),
        isolation_(isolation) {}

  Expected<void> go(const GradeOptions& options, Results& results,
                    std::vector<Exploration>& explorations, FairRuns& fair) {
    tell(options, "run: " + scenario_.title);
    FullSpeed full_speed;
    if (scenario_.signals.empty()) {
      full_speed.wait = [this](FullSpeed::Most most) {
        const bool waits = most && *most > kSpared;
        if (waits && in_vain_) *most -= kSpared;
        auto run = at_full_speed(most);
        if (waits && run && *run == nullptr) in_vain_ = true;
        return run;
      };
      full_speed.again = [this](FullSpeed::Most most) -> Expected<Trace> {
        auto run = full_speed_.make(index_, most);
        if (!run) return std::unexpected(run.error());
        return std::move(run->trace);
      };
      if (auto soon = at_full_speed(kSoonOver); !soon) return std::unexpected(soon.error());
    }
    if (trace_ == nullptr || !decides(*trace_)) {
      tell(options, "explore: " + scenario_.title);
      auto report = search_scenario(held_, index_, full_speed);
      if (!report) return std::unexpected(report.error());
      if (sandbox::is_readable(options.stop)) {
        append(results.findings, std::move(report->findings));
        return sandbox::failure(kWasStopped);
      }
      held_.burners.merge(report->burners);
      if (report->too_long && full_speed.wait) {
        if (auto whole = at_full_speed(std::nullopt); !whole) return std::unexpected(whole.error());
        if (sandbox::is_readable(options.stop)) return sandbox::failure(kWasStopped);
        take_results_at_full_speed(*report, depends_on_order(results));
      }
      full_speed_.cut(index_);
      if (trace_ == nullptr || !decides(*trace_)) {
        if (report->fair && is_in_channel(held_.assignment, scenario_.id)) {
          fair[scenario_.id] = {report->fair, report->fair_schedule};
        }
        return keep(std::move(*report), options, results, explorations);
      }
    }
    if (std::holds_alternative<sandbox::Interrupted>(trace_->stopped->what)) {
      return sandbox::failure(kWasStopped);
    }
    append(results.findings, detect_wrong_results(scenario_, *trace_));
    append(results.findings, detect_left_behind(scenario_, *trace_));
    return {};
  }

 private:
  Expected<const Trace*> at_full_speed(FullSpeed::Most most) {
    const auto run = full_speed_.wait(index_, most);
    if (!run) return std::unexpected(run.error());
    if (*run == nullptr) return nullptr;
    if ((*run)->isolation) isolation_ = (*run)->isolation;
    return trace_ = &(*run)->trace;
  }

  /// In the place of a fair run that was not followed to its end; but where it is by chance that
  /// the programs are right, what came of it says nothing.
  void take_results_at_full_speed(ScenarioReport& report, bool by_chance) const {
    std::erase_if(report.findings, [](const Finding& one) {
      return one.stage == Stage::kFair && one.kind == Kind::kTimeLimit;
    });
    if (by_chance) return;
    append(report.findings, detect_wrong_results(scenario_, *trace_));
    append(report.findings, detect_left_behind(scenario_, *trace_));
  }

  static Expected<void> keep(ScenarioReport report, const GradeOptions& options, Results& results,
                             std::vector<Exploration>& explorations) {
    if (!report.unmodelled.empty()) {
      return sandbox::failure(std::string(kCannotHold) + report.unmodelled);
    }
    append(results.findings, std::move(report.findings));
    explorations.push_back(std::move(report.exploration));
    tell_inconclusive(options, report.inconclusive);
    return {};
  }

  HeldSpec& held_;
  FullSpeedRuns& full_speed_;
  bool& in_vain_;  ///< whether some run of this hand-in was waited for in vain
  std::size_t index_;
  const Scenario& scenario_;
  std::optional<sandbox::Isolation>& isolation_;
  const Trace* trace_ = nullptr;  ///< at full speed, once that is over
};

/// What a failure from the beginning leads to can be told where the programs are right without it,
/// in every order.
bool is_right_so_far(const Assignment& assignment, const Results& results) {
  return std::ranges::none_of(results.findings, [&](const Finding& finding) {
    const bool is_outcome =
        finding.kind != Kind::kDataRace && finding.kind != Kind::kUnsafeHandler &&
        finding.kind != Kind::kUnclosedPipeEnd && finding.kind != Kind::kBusyWait;
    if (finding.severity != Severity::kError || !is_outcome) return false;
    const bool hangs = finding.kind == Kind::kDeadlock || finding.kind == Kind::kLostWakeup ||
                       finding.kind == Kind::kLivelock;
    return finding.stage == Stage::kOrders ||
           (finding.stage == Stage::kFair &&
            (hangs || finding.scenario == assignment.scenarios.front().id));
  });
}

/// Fills in what is found, as far as it comes.
Expected<void> find_all(const sandbox::Host& host, const Assignment& assignment,
                        const Submission& submission, const GradeOptions& options,
                        std::optional<sandbox::Isolation>& isolation, Results& results,
                        std::vector<Exploration>& explorations) {
  const auto policy = sandbox::Policy::of(assignment.policy, assignment.refused);
  if (!policy) return std::unexpected(policy.error());
  tell(options, "build");
  auto built = build(host, assignment, submission, options.stop, Instrument::kYes);
  if (!built) return std::unexpected(built.error());
  isolation = built->isolation;
  if (built->stopped) return sandbox::failure(kWasStopped);
  results = {std::move(built->warnings), std::move(built->findings)};
  if (!results.findings.empty()) return {};
  std::vector<Program> programs;
  for (HeldProgram& one : built->held) programs.push_back(std::move(one.program));
  const Origin origin = origin_of(assignment, submission);
  const auto filled =
      with_inputs({host, assignment, *policy, programs, origin, {}, options.search});
  if (!filled) return std::unexpected(filled.error());
  HeldSpec held{host, *filled, *policy, programs, origin, options.replay, options.search};
  const RunSpec run{host, *filled, *policy, built->programs, options.stop};
  FullSpeedRuns full_speed(run, options.search.jobs);
  FairRuns fair;
  bool in_vain = false;
  for (std::size_t i = 0; i < assignment.scenarios.size(); ++i) {
    if (assignment.scenarios[i].failure && !is_right_so_far(assignment, results)) {
      explorations.push_back({.scenario = assignment.scenarios[i].id});
      continue;
    }
    ScenarioGrader scenario(held, full_speed, in_vain, i, isolation);
    auto graded = scenario.go(options, results, explorations, fair);
    if (!graded) return std::unexpected(graded.error());
  }
  auto channels = search_channels(held, fair);
  if (!channels) return std::unexpected(channels.error());
  append(results.findings, std::move(channels->findings));
  tell_inconclusive(options, channels->inconclusive);
  return {};
}

/// What was found, as it is told: each fault once, and with what a student may do about it.
void tidy(const Assignment& assignment, const GradeOptions& options,
          std::vector<Finding>& findings) {
  // What the lab does not ask for is no fault in it, and nothing is told in its place.
  std::erase_if(findings, [&](const Finding& finding) {
    return std::ranges::none_of(assignment.checks, [&](const Check& check) {
      return std::ranges::find(check.kinds, finding.kind) != check.kinds.end();
    });
  });
  drop_repeated(findings);
  drop_same_faults(findings);
  for (Finding& finding : findings) {
    if (finding.replay.empty()) finding.replay = options.command;
    const auto scenario = std::ranges::find(assignment.scenarios, finding.scenario, &Scenario::id);
    if (scenario != assignment.scenarios.end()) finding.situation = scenario->title;
  }
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
  Results results;
  const auto done =
      find_all(host, assignment, *submission, options, isolation, results, explorations);
  tidy(assignment, options, results.findings);
  Verdict verdict;
  if (done) {
    verdict = judge(assignment, std::move(results));
    verdict.exploration = std::move(explorations);
  } else {
    verdict.lab = assignment.name;
    verdict.ungraded_reason = done.error().text();
    verdict.ungraded = kind_of(verdict.ungraded_reason);
    if (verdict.ungraded == Ungraded::kStopped) verdict.findings = std::move(results.findings);
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
  const auto policy = sandbox::Policy::of(assignment.policy, assignment.refused);
  if (!policy) return std::unexpected(policy.error());
  auto built = build(host, assignment, *submission, stop, Instrument::kYes);
  if (!built) return std::unexpected(built.error());
  if (!built->findings.empty()) return Replayed{{}, "the programs do not build"};
  std::vector<Program> programs;
  for (HeldProgram& one : built->held) programs.push_back(std::move(one.program));
  const auto filled = with_inputs({host, assignment, *policy, programs, origin, {}, {}});
  if (!filled) return std::unexpected(filled.error());
  auto trace = replay_schedule({host, *filled, *policy, programs, origin, {}, {}}, token->schedule);
  if (!trace) return std::unexpected(trace.error());
  if (!*trace) return Replayed{{}, "the run went another way than the token says"};
  return Replayed{std::move(**trace), ""};
}

}  // namespace ipcgrade
