#include "grade/grade.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <optional>
#include <system_error>
#include <vector>

#include "assignment/parse.h"
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
#include "sandbox/files.h"
#include "sandbox/policy.h"
#include "supervise/zygote.h"
#include "trace/stopped.h"
#include "verdict/judge.h"

namespace ipcgrade {
namespace {

using namespace std::chrono_literals;
using sandbox::Expected;

void append(std::vector<Finding>& all, std::vector<Finding> some) {
  std::ranges::move(some, std::back_inserter(all));
}

void log_inconclusive(const GradeOptions& options, const std::vector<std::string>& what) {
  if (!options.log) return;
  for (std::string one : what) {
    std::ranges::replace(one, '\0', ' ');  // an identity
    options.log("inconclusive, and a fault of the grader: " + one);
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
  const std::string path = assignment.folder / "assignment.toml";
  const auto text = sandbox::read_regular_file(AT_FDCWD, path, kLargestLabFile);
  // It was read before: whatever is the matter, an order with another token can't be replayed.
  if (!text) throw std::system_error(text.error().error_number, std::generic_category(), path);
  lab.add(*text);
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

/// So often is a program that can't be held run before it is called wrong.
constexpr int kTimesAtFullSpeed = 3;

/// Whether some order is wrong.
bool depends_on_order(const Results& results) {
  return std::ranges::any_of(results.findings, [](const Finding& finding) {
    const bool is_order = finding.kind != Kind::kUnsafeHandler && finding.kind != Kind::kBusyWait &&
                          finding.kind != Kind::kUnclosedPipeEnd;
    return finding.stage == Stage::kOrders && finding.severity == Severity::kError && is_order;
  });
}

/// What is known of a hand-in's programs after some scenarios.
struct Known {
  bool in_vain = false;  ///< some run at full speed was waited for in vain
  /// They can't be held, and are wrong at full speed in the first scenario, on which all builds: so
  /// the others are judged at full speed, too.
  bool only_at_full_speed = false;
};

/// A scenario at full speed, and in every order.
class ScenarioGrader {
 public:
  ScenarioGrader(HeldSpec& held, FullSpeedRuns& full_speed, Known& known, std::size_t index,
                 std::optional<sandbox::Isolation>& isolation)
      : held_(held),
        full_speed_(full_speed),
        known_(known),
        index_(index),
        scenario_(held.assignment.scenarios[index]),
        isolation_(isolation) {}

  Expected<void> go(const GradeOptions& options, Results& results,
                    std::vector<Exploration>& explorations, FairRuns& fair) {
    if (known_.only_at_full_speed) return judge_at_full_speed("", options, results);
    FullSpeed full_speed;
    if (runs_at_full_speed()) {
      full_speed.wait = [this](FullSpeed::Most most) {
        const bool waits = most && *most > kSpared;
        if (waits && known_.in_vain) *most -= kSpared;
        auto run = at_full_speed(most);
        if (waits && run && *run == nullptr) known_.in_vain = true;
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
      auto report = search_scenario(held_, index_, full_speed);
      if (!report) return std::unexpected(report.error());
      if (sandbox::is_readable(options.stop)) {
        append(results.findings, std::move(report->findings));
        return sandbox::failure(kWasStopped);
      }
      held_.burners.merge(report->burners);
      if (!report->unmodelled.empty()) {
        return judge_at_full_speed(report->unmodelled, options, results);
      }
      if (report->too_long && full_speed.wait) {
        if (auto whole = at_full_speed(std::nullopt); !whole) return std::unexpected(whole.error());
        if (sandbox::is_readable(options.stop)) return sandbox::failure(kWasStopped);
        take_results_at_full_speed(*report, depends_on_order(results));
      }
      if (report->too_long && !sandbox::has_namespaces(held_.host.tier)) {
        return sandbox::failure(
            "it goes on for longer than its order can be held, and without namespaces nothing is "
            "run at full speed here");
      }
      full_speed_.cut(index_);
      if (trace_ == nullptr || !decides(*trace_)) {
        if (report->fair && decides(*report->fair)) {
          // As if the run at full speed had been there first.
          std::erase_if(report->findings,
                        [](const Finding& one) { return one.stage != Stage::kFair; });
          append(results.findings, std::move(report->findings));
          return {};
        }
        if (report->fair && is_in_channel(held_.assignment, scenario_.id)) {
          fair[scenario_.id] = {report->fair, report->fair_schedule};
        }
        return keep(std::move(*report), options, results, explorations);
      }
    }
    if (is_interrupted(*trace_)) {
      return sandbox::failure(kWasStopped);
    }
    auto findings = what_stopped_it();
    if (!findings) return std::unexpected(findings.error());
    if (sandbox::is_readable(options.stop)) return sandbox::failure(kWasStopped);
    append(results.findings, std::move(*findings));
    append(results.findings, detect_left_behind(scenario_, *trace_));
    return {};
  }

 private:
  /// Not where moments count, which can't be chosen then; nor where nothing keeps apart what the
  /// kernel itself has to do.
  [[nodiscard]] bool runs_at_full_speed() const {
    return scenario_.signals.empty() && sandbox::has_namespaces(held_.host.tier);
  }

  /// Told by a held run, if it was a limit: at full speed nobody saw where.
  [[nodiscard]] Expected<std::vector<Finding>> what_stopped_it() const {
    const bool is_limit = std::holds_alternative<sandbox::LimitReached>(trace_->stopped->what);
    if (is_limit) return tell_limit(held_, index_, *trace_);
    return detect_wrong_results(scenario_, *trace_);
  }

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

  /// Of a program that can't be held: its orders are not known, but what is wrong in the first
  /// scenario whenever it is run is wrong. `unmodelled`: why; empty where that was so before.
  Expected<void> judge_at_full_speed(const std::string& unmodelled, const GradeOptions& options,
                                     Results& results) {
    std::vector<Finding> found;
    if (runs_at_full_speed() && (index_ == 0 || known_.only_at_full_speed)) {
      auto always = always_wrong();
      if (!always) return std::unexpected(always.error());
      if (sandbox::is_readable(options.stop)) return sandbox::failure(kWasStopped);
      found = std::move(*always);
    }
    if (!unmodelled.empty()) {
      if (found.empty()) return sandbox::failure(std::string(kCannotHold) + unmodelled);
      known_.only_at_full_speed = true;
      for (Finding& one : found) {
        one.details.push_back(fmt::format(
            "this version can't hold a program at {}: it was run {} times, and was wrong each time",
            unmodelled, kTimesAtFullSpeed));
      }
    }
    append(results.findings, std::move(found));
    return {};
  }

  /// What is found of each of a few runs at full speed.
  Expected<std::vector<Finding>> always_wrong() {
    if (auto whole = at_full_speed(std::nullopt); !whole) return std::unexpected(whole.error());
    std::vector<Finding> found = detect_wrong_results(scenario_, *trace_);
    for (int i = 1; i < kTimesAtFullSpeed && !found.empty(); ++i) {
      const auto run = full_speed_.make(index_);
      if (!run) return std::unexpected(run.error());
      const auto again = detect_wrong_results(scenario_, run->trace);
      std::erase_if(found, [&](const Finding& one) {
        return std::ranges::none_of(
            again, [&](const Finding& other) { return identity(other) == identity(one); });
      });
    }
    return found;
  }

  static Expected<void> keep(ScenarioReport report, const GradeOptions& options, Results& results,
                             std::vector<Exploration>& explorations) {
    append(results.findings, std::move(report.findings));
    explorations.push_back(std::move(report.exploration));
    log_inconclusive(options, report.inconclusive);
    return {};
  }

  HeldSpec& held_;
  FullSpeedRuns& full_speed_;
  Known& known_;
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

/// The whole way of one submission.
class Grader {
 public:
  Grader(const sandbox::Host& host, const Assignment& assignment, const Submission& submission,
         const GradeOptions& options)
      : host_(host), assignment_(assignment), submission_(submission), options_(options) {
    progress_.scenarios = assignment.scenarios.size();
    if (assignment.isolation) host_.demand(*assignment.isolation, "the lab");
  }

  Verdict go() {
    const auto done = found_all();
    Verdict verdict;
    if (done) {
      verdict = complete(judge(assignment_, tidied(results_)));
      verdict.exploration = std::move(explorations_);
    } else {
      const std::string reason = done.error().text();
      verdict = not_graded(assignment_, reason, kind_of(reason));
      if (verdict.ungraded == Ungraded::kStopped) verdict.findings = tidied(results_).findings;
      verdict = complete(std::move(verdict));
    }
    return verdict;
  }

 private:
  /// What is thrown tells of the machine: memory, processes and threads.
  Expected<void> found_all() {
    try {
      return find_all();
    } catch (const std::bad_alloc&) {
      return sandbox::failure("there is not enough memory");
    } catch (const std::system_error& error) {
      return sandbox::failure(error.what());
    }
  }

  /// Fills in what is found, as far as it comes.
  Expected<void> find_all() {
    const auto policy = sandbox::Policy::of(assignment_.policy, assignment_.refused);
    if (!policy) return std::unexpected(policy.error());
    tell("build");
    auto built = build(host_, assignment_, submission_, options_.stop, Instrument::kYes);
    if (!built) return std::unexpected(built.error());
    isolation_ = built->isolation;
    if (built->stopped) return sandbox::failure(kWasStopped);
    results_ = {std::move(built->warnings), std::move(built->findings)};
    tell_done();
    if (!results_.findings.empty()) return {};
    std::vector<Program> programs;
    for (HeldProgram& one : built->held) programs.push_back(std::move(one.program));
    const Origin origin = origin_of(assignment_, submission_);
    const auto filled =
        with_inputs({host_, assignment_, *policy, programs, origin, {}, options_.search});
    if (!filled) return std::unexpected(filled.error());
    SearchOptions search = options_.search;
    search.progress = [this](const Progress& of_search) { tell(of_search); };
    HeldSpec held{host_, *filled, *policy, programs, origin, options_.replay, search};
    const RunSpec run{host_, *filled, *policy, built->programs, options_.stop};
    const bool at_full_speed = sandbox::has_namespaces(host_.tier);
    FullSpeedRuns full_speed(run, at_full_speed ? options_.search.jobs : 0);
    FairRuns fair;
    Known known;
    for (std::size_t i = 0; i < assignment_.scenarios.size(); ++i) {
      tell_so_far(i);
      const Scenario& scenario = assignment_.scenarios[i];
      progress_.number = i + 1;
      progress_.scenario = scenario.title;
      if (scenario.failure && !is_right_so_far(assignment_, results_)) {
        explorations_.push_back({.scenario = scenario.id});
        continue;
      }
      tell("run");
      ScenarioGrader grader(held, full_speed, known, i, isolation_);
      auto graded = grader.go(options_, results_, explorations_, fair);
      if (!graded) return std::unexpected(graded.error());
      tell_done();
    }
    auto channels = search_channels(held, fair);
    if (!channels) return std::unexpected(channels.error());
    append(results_.findings, std::move(channels->findings));
    log_inconclusive(options_, channels->inconclusive);
    return {};
  }

  /// What was found, as it is told: each fault once, and with what a student may do about it.
  [[nodiscard]] Results tidied(Results results) const {
    // What the lab does not ask for is no fault in it, and nothing is told in its place.
    std::erase_if(results.findings, [&](const Finding& finding) {
      return std::ranges::none_of(assignment_.checks, [&](const Check& check) {
        return std::ranges::find(check.kinds, finding.kind) != check.kinds.end();
      });
    });
    drop_repeated(results.findings);
    results.told_elsewhere = drop_same_faults(results.findings);
    for (Finding& finding : results.findings) {
      if (finding.replay.empty()) finding.replay = options_.command;
      const auto scenario =
          std::ranges::find(assignment_.scenarios, finding.scenario, &Scenario::id);
      if (scenario != assignment_.scenarios.end()) finding.situation = scenario->title;
    }
    return results;
  }

  [[nodiscard]] Verdict complete(Verdict verdict) const {
    verdict.submission = submission_.name;
    if (isolation_) verdict.isolation = {isolation_->text(), isolation_->missing()};
    verdict.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    return verdict;
  }

  void tell_so_far(std::size_t done) const {
    if (!options_.so_far) return;
    Verdict verdict = complete(judge_so_far(assignment_, tidied(results_), done));
    verdict.exploration = explorations_;
    options_.so_far(verdict);
  }

  void tell(const Progress& now) const {
    if (!options_.progress) return;
    Progress progress = now;
    progress.scenario = progress_.scenario;
    progress.number = progress_.number;
    progress.scenarios = progress_.scenarios;
    progress.findings += found_;
    options_.progress(progress);
  }
  void tell(const char* what) const { tell(Progress{.what = what}); }
  void tell_done() {
    if (!options_.progress) return;
    found_ = tidied(results_).findings.size();
    Progress progress;
    progress.done = true;
    if (!explorations_.empty() &&
        explorations_.back().scenario == assignment_.scenarios[progress_.number - 1].id) {
      progress.orders = explorations_.back().distinct;
    }
    tell(progress);
  }

  sandbox::Host host_;
  const Assignment& assignment_;
  const Submission& submission_;
  const GradeOptions& options_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::optional<sandbox::Isolation> isolation_;  ///< of the boxes, once there is one
  Results results_;
  std::vector<Exploration> explorations_;
  Progress progress_;      ///< of what is under way, its scenario
  std::size_t found_ = 0;  ///< so far, each fault once
};

}  // namespace

Expected<Submission> read_whole_submission(const std::filesystem::path& folder) {
  auto submission = read_submission(folder);
  if (!submission) return std::unexpected(submission.error().within(folder.string()));
  for (const LeftOut& left : submission->left_out) {
    // Half a hand-in is not graded for what the grader may not read.
    if (left.unreadable) {
      return sandbox::failure((folder / left.path).string() + " " + left.reason);
    }
  }
  return submission;
}

Verdict grade(const sandbox::Host& host, const Assignment& assignment, const Submission& submission,
              const GradeOptions& options) {
  return Grader(host, assignment, submission, options).go();
}

Expected<Verdict> grade(const sandbox::Host& host, const Assignment& assignment,
                        const std::filesystem::path& folder, const GradeOptions& options) {
  const auto submission = read_whole_submission(folder);
  if (!submission) return std::unexpected(submission.error());
  return grade(host, assignment, *submission, options);
}

Verdict not_graded(const Assignment& assignment, std::string reason, Ungraded ungraded) {
  Verdict verdict;
  verdict.lab = assignment.name;
  verdict.ungraded_reason = std::move(reason);
  verdict.ungraded = ungraded;
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
