#include "grade/held_scenario.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "detect/data_race.h"
#include "detect/detect.h"
#include "detect/good_order.h"
#include "detect/identity.h"
#include "detect/interruption.h"
#include "detect/order_dependent.h"
#include "detect/results.h"
#include "detect/timing.h"
#include "explore/minimise.h"
#include "explore/plan.h"
#include "explore/replay_strategy.h"
#include "explore/watch_list.h"
#include "grade/failure_search.h"
#include "run/full_speed.h"
#include "runtime/hypercall.h"
#include "sandbox/fd.h"
#include "supervise/holder.h"
#include "supervise/zygote.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;

/// A run that is so much longer than the fair one gets nowhere: ten times, of a short one; twice,
/// of a long one.
std::size_t most_events_beside(std::size_t fair) {
  constexpr std::size_t kLeast = 100'000;
  constexpr std::size_t kMost = 200'000;
  return std::max(std::clamp(10 * fair, kLeast, kMost), 2 * fair);
}

/// How many events the run of a scenario that is there for its fair run alone may have: what comes
/// of longer ones is seen at full speed.
constexpr std::size_t kMostEventsOfOne = 200'000;
/// How many events the runs of a scenario may have in all; and of one whose fair run is wrong, of
/// which other orders have little more to say.
constexpr std::size_t kMostEvents = 1'000'000;
constexpr std::size_t kMostEventsOfWrong = 100'000;

/// Ends the reason where held runs and those at full speed contradict each other.
constexpr std::string_view kIsWatched = ": what they do depends on being watched";

/// What a run came to: equal for equal outputs and ends.
std::size_t outcome_of(const Trace& trace) {
  std::string text;
  for (const ProcessRecord& process : trace.processes) {
    const auto* exited = process.end ? std::get_if<sandbox::Exited>(&*process.end) : nullptr;
    const auto* signalled = process.end ? std::get_if<sandbox::Signalled>(&*process.end) : nullptr;
    text += fmt::format("{} {} {} {}\n", process.end ? process.end->index() : 99,
                        exited != nullptr ? exited->status : 0,
                        signalled != nullptr ? signalled->signal : 0, process.output);
  }
  return std::hash<std::string>{}(text);
}

/// Whether more than the outputs and ends of a run decides whether it is right.
bool asks_for_more_than_ends(const Result& result) {
  return result.played.is_asked() || result.signal_after.is_asked() ||
         std::ranges::any_of(result.programs, [](const ExpectedEnd& end) {
           return !end.values.empty() || !end.tries.empty() || end.most_children || end.child_exit;
         });
}

Lessons known_burners(const HeldSpec& spec, const Scenario& scenario) {
  Lessons known;
  for (std::size_t i = 0; i < scenario.starts.size(); ++i) {
    if (spec.burners.contains(scenario.starts[i].program)) known.burners.insert(i);
  }
  return known;
}

void add_replay(Finding& finding, const HeldSpec& spec, const Schedule& schedule) {
  finding.schedule = encode({spec.origin, schedule});
  finding.replay = spec.replay(finding.schedule);
}

class Search {
 public:
  Search(const HeldSpec& spec, std::size_t index, FullSpeed full_speed, RunnerMaker make)
      : spec_(spec),
        index_(index),
        scenario_(spec.assignment.scenarios[index]),
        full_speed_(std::move(full_speed)),
        pool_([this, make = std::move(make)](std::size_t worker) { return bounded(make(worker)); },
              spec.search.jobs, known_burners(spec, scenario_)) {}

  Expected<ScenarioReport> go() {
    auto explored = explore_watching();
    if (!explored) return std::unexpected(explored.error());
    report_.exploration = {scenario_.id,         explored->schedules, explored->distinct,
                           explored->exhaustive, explored->seconds,   threads_unseen_};
    report_.unmodelled = explored->unmodelled;
    report_.too_long = fair_ != nullptr && fair_->end == RunEnd::kSteps;
    if (fair_ != nullptr) {
      for (const std::size_t program : fair_->learnt.burners) {
        report_.burners.insert(fair_->processes[program].program);
      }
    }
    if (!report_.unmodelled.empty() || is_in_vain()) return std::move(report_);
    const auto agrees = agrees_with_full_speed(!explored->found.empty());
    if (!agrees) return std::unexpected(agrees.error());
    if (!*agrees) return std::move(report_);
    report_.fair = fair_;
    report_.fair_schedule = {.scenario = index_, .watched = fair_watched_};
    for (const FoundOrder& found : explored->found) {
      tell_progress("make the run short", *explored);
      if (sandbox::is_readable(spec_.search.stop)) return std::move(report_);
      if (auto told = tell(found); !told) return std::unexpected(told.error());
    }
    // Where nobody says what is right, nobody says what a failing call may lead to.
    // And where signals come from outside, nobody knows what a run without the failure had come to.
    // A scenario that is run but once is there for its fair run alone.
    if (scenario_.signals.empty() && scenario_.most_schedules != 1 &&
        matching_result(scenario_, *fair_) != nullptr) {
      tell_progress("make calls fail", *explored);
      if (auto done = make_calls_fail(); !done) return std::unexpected(done.error());
    }
    return std::move(report_);
  }

 private:
  /// Where threads race that nobody stopped is known when a run is over. The search begins anew
  /// then, with runs that stop them there.
  Expected<Explored> explore_watching() {
    constexpr int kMostTimes = 8;
    for (int time = 1;; ++time) {
      begins_anew_ = time < kMostTimes;
      fair_watched_ = watched_.all();
      auto explored = explore(
          pool_, [this](const SharedTrace& run) { return judge(run); }, options());
      if (!explored || !more_to_watch_ || explored->end == ExploreEnd::kUnmodelled ||
          is_in_vain()) {
        return explored;
      }
      if (!begins_anew_ || is_late()) {
        explored->exhaustive = false;
        return explored;
      }
      more_to_watch_ = saw_right_ = false;
      fair_ = nullptr;
      outcomes_.clear();
      keys_.clear();
      sought_.clear();
      interruptible_.clear();
      interruptions_.clear();
      most_events_ = most_events_of_fair();
    }
  }

  [[nodiscard]] std::size_t most_events_of_fair() const {
    return scenario_.most_schedules == 1 ? kMostEventsOfOne : RunOptions{}.most_events;
  }

  /// The runner, with the bounds of this search.
  Expected<Runner> bounded(Expected<Runner> runner) const {
    if (!runner) return runner;
    return [this, run = std::move(*runner)](Chooser& chooser, RunOptions options) {
      options.most_events = std::min(options.most_events, most_events_);
      options.stop = spec_.search.stop;
      return run(chooser, options);
    };
  }

  [[nodiscard]] ExploreOptions options() {
    ExploreOptions options;
    options.scenario = index_;
    options.seed = spec_.search.seed;
    options.most_schedules = most_schedules();
    options.patience = std::min<std::size_t>(options.patience, options.most_schedules / 4);
    options.most_events = [this] { return fair_is_wrong_ ? kMostEventsOfWrong : kMostEvents; };
    options.is_late = [this] { return is_late(); };
    // Where the fair run was stopped at a limit, nothing else counts; where it went on for too
    // long, there is time for no other.
    options.stop = [this] {
      return is_in_vain() || (more_to_watch_ && begins_anew_) ||
             (fair_ != nullptr && (decides(*fair_) || fair_->end == RunEnd::kSteps));
    };
    options.progress = [this](const Explored& explored) { tell_progress("explore", explored); };
    options.run.watched = watched_.all();
    return options;
  }

  [[nodiscard]] std::size_t most_schedules() const {
    return std::min(spec_.search.most_schedules, scenario_.most_schedules.value_or(SIZE_MAX));
  }

  void tell_progress(const char* what, const Explored& explored) {
    if (!spec_.search.progress) return;
    spec_.search.progress({.what = what,
                           .scenario = scenario_.title,
                           .orders = explored.schedules,
                           .most_orders = most_schedules(),
                           .findings = explored.found.size(),
                           .seconds_left = seconds_left()});
  }

  /// For how long the run at full speed is waited for. Where the fair run is right and long, for
  /// ever or by its own clock, not at all; where it is wrong and stood still for good, for as long
  /// as it took and a while: a run at full speed that is right would be over.
  [[nodiscard]] std::optional<std::chrono::milliseconds> patience() const {
    using std::chrono::milliseconds;
    constexpr milliseconds kLong{5'000};
    constexpr milliseconds kWhile{6'000};
    milliseconds took{};
    if (!fair_->events.empty()) {
      took = std::chrono::duration_cast<milliseconds>(fair_->events.back().at -
                                                      fair_->events.front().at);
    }
    const bool is_right = matching_result(scenario_, *fair_) != nullptr;
    const bool hangs = fair_->end == RunEnd::kDeadlock || fair_->end == RunEnd::kSpinning;
    if (is_right && (hangs || took > kLong)) return milliseconds{0};
    if (hangs) return took + kWhile;
    return std::nullopt;
  }

  /// Whether nothing that is found here is to be used: it was told to stop, or the run at full
  /// speed is over, and decides.
  [[nodiscard]] bool is_in_vain() const {
    if (sandbox::is_readable(spec_.search.stop)) return true;
    if (!full_speed_.wait) return false;
    const auto run = full_speed_.wait(std::chrono::milliseconds{0});
    return run && *run != nullptr && decides(**run);
  }

  /// A result at full speed that no order gives is a fault of the grader, or of a program that
  /// looks whether it is watched, and accuses nobody. That it was right or wrong by chance shows
  /// when it is run again. Where it is right each time and no order was, or the other way round,
  /// nobody knows what the programs do: then there is no verdict, and no pass.
  Expected<bool> agrees_with_full_speed(bool found_something) {
    if (!full_speed_.wait) return true;
    const auto full_speed = full_speed_.wait(patience());
    if (!full_speed) return std::unexpected(full_speed.error());
    const Trace* trace = *full_speed;
    if (trace == nullptr || outcomes_.contains(outcome_of(*trace))) return true;
    if (decides(*trace)) return false;
    // Nobody saw what its numbers mean, nor what else it did.
    if (std::ranges::any_of(scenario_.results, asks_for_more_than_ends)) return true;
    const bool is_right = matching_result(scenario_, *trace) != nullptr;
    if (is_right ? !saw_right_ : saw_right_ && !found_something) {
      const auto lasts = is_so_again(is_right);
      if (!lasts) return std::unexpected(lasts.error());
      if (*lasts) {
        return sandbox::failure(fmt::format(
            "the programs are {} whenever they run at full speed, and {} in each order in which "
            "they are held{}",
            is_right ? "right" : "wrong", is_right ? "wrong" : "right", kIsWatched));
      }
      if (is_right) return true;
    }
    // Time goes on in held runs, where at full speed who may wait is not waited for.
    if (is_right && saw_right_ && stopped_while_waiting(*trace)) return true;
    report_.inconclusive.push_back(scenario_.id +
                                   ": no order came to what a run at full speed came to");
    return true;
  }

  /// At full speed, each time. Who has no time is neither: the machine may be loaded.
  Expected<bool> is_so_again(bool right) {
    constexpr int kTimes = 6;
    for (int time = 0; time < kTimes; ++time) {
      const auto trace = full_speed_.again(patience());
      if (!trace) return std::unexpected(trace.error());
      if (sandbox::is_readable(spec_.search.stop) || trace->stopped) return false;
      if ((matching_result(scenario_, *trace) != nullptr) != right) return false;
      if (outcomes_.contains(outcome_of(*trace))) return false;
    }
    return true;
  }

  std::vector<FindingKey> judge(const SharedTrace& run) {
    const Trace& trace = *run;
    if (trace.end != RunEnd::kAbandoned) outcomes_.insert(outcome_of(trace));
    saw_right_ = saw_right_ || matching_result(scenario_, trace) != nullptr;
    threads_unseen_ = threads_unseen_ || trace.threads_unseen;
    for (const Watched& one : races_to_watch(trace)) {
      if (watched_.add(one)) more_to_watch_ = true;
    }
    const bool first = fair_ == nullptr;
    if (first) {
      fair_ = run;
      fair_is_wrong_ = !scenario_.results.empty() && matching_result(scenario_, trace) == nullptr;
      most_events_ = most_events_beside(trace.events.size());
    }
    std::vector<FindingKey> keys;
    for (const Finding& one : findings_of(trace, first)) keys.push_back(key_of(one, trace));
    if (keys.empty() && trace.end == RunEnd::kDone) note_interruptible(trace);
    return keys;
  }

  /// What a key stands for.
  struct Sought {
    std::string identity{};
    std::string sleep{};    ///< the one that is counted on; empty: whichever
    bool is_first = false;  ///< of that identity
  };

  /// What the search tells findings apart by. Each sleep that is counted on is looked for by
  /// itself, up to a few: mending one would only show the next.
  FindingKey key_of(const Finding& finding, const Trace& trace) {
    constexpr std::size_t kMostSleeps = 4;
    Sought sought{.identity = identity(finding)};
    if (finding.kind == Kind::kTimingAssumption) sought.sleep = sleeps_counted_on(trace).front();
    FindingKey key = sought.identity + sought.sleep;
    std::vector<FindingKey>& alike = keys_[sought.identity];
    if (sought_.contains(key)) return key;
    if (alike.size() == kMostSleeps) return alike.front();
    sought.is_first = alike.empty();
    alike.push_back(key);
    sought_[key] = std::move(sought);
    return key;
  }

  /// The calls that a handler could interrupt in that run, which is right, and in none before.
  void note_interruptible(const Trace& trace) {
    std::optional<std::vector<Deviation>> deviations;
    for (const Injectable& one : trace.injectables) {
      const std::pair place{one.site, one.task};
      if (interruptible_.contains(place)) continue;
      if (interrupting(spec_.assignment, trace, one).empty()) continue;
      interruptible_.insert(place);
      if (&trace == fair_.get()) continue;  // all of these are tried
      if (!deviations) deviations = deviations_of(trace);
      const Injection injection{one.task, one.ordinal, Failure{EINTR}};
      interruptions_.push_back({index_, injection, watched_.all(), *deviations});
    }
  }

  [[nodiscard]] std::vector<Finding> findings_of(const Trace& trace, bool is_fair) const {
    const Polling polling = spec_.assignment.polling ? Polling::kIsWaiting : Polling::kIsBusyWait;
    return detect_all(scenario_, is_fair ? nullptr : fair_.get(), trace, {polling});
  }

  /// Whether the run of that schedule is the fair one.
  [[nodiscard]] static bool is_fair(const Schedule& schedule) {
    return schedule.deviations.empty() && !schedule.injection;
  }

  /// That one of the findings of a run. That a sleep is counted on may turn out to be untrue, but
  /// no other takes its place.
  [[nodiscard]] static const Finding* find_sought(const std::vector<Finding>& all,
                                                  const Sought& sought, const Trace& trace) {
    const auto at = std::ranges::find_if(all, [&](const Finding& one) {
      return identity(one) == sought.identity &&
             (sought.sleep.empty() || one.kind != Kind::kTimingAssumption ||
              sleeps_counted_on(trace).front() == sought.sleep);
    });
    return at == all.end() ? nullptr : &*at;
  }

  Expected<Minimised> shorten(const Schedule& schedule, const Sought& sought) {
    const auto fails = [&](const Trace& trace) {
      return find_sought(findings_of(trace, false), sought, trace) != nullptr;
    };
    return minimise(pool_.runner(), schedule, fails, {.stop = [this] { return is_over(); }});
  }

  Expected<void> tell(const FoundOrder& found) {
    Schedule schedule = found.schedule;
    Sought sought = sought_.at(found.key);
    const bool fair = is_fair(schedule);
    if (!fair) {
      auto shortest = shorten(schedule, sought);
      // Another sleep that was over as well may be all that it takes.
      if (shortest && shortest->reproduced && !sought.sleep.empty() &&
          sleeps_counted_on(shortest->trace).size() > 1) {
        if (!sought.is_first) return {};
        sought.sleep.clear();
        shortest = shorten(shortest->schedule, sought);
      }
      if (!shortest) return std::unexpected(shortest.error());
      if (!shortest->reproduced) {
        report_.inconclusive.push_back(found.key);
        return {};
      }
      schedule = shortest->schedule;
    }
    auto trace = replay(pool_.runner(), schedule, true);
    if (!trace) return std::unexpected(trace.error());
    const std::vector<Finding> all = findings_of(*trace, fair);
    const Finding* finding = find_sought(all, sought, *trace);
    if (finding == nullptr) {
      report_.inconclusive.push_back(found.key);
      return {};
    }
    Finding told = *finding;
    if (!fair && told.unordered.later.empty()) {
      const auto good = good_run();
      if (!good) return std::unexpected(good.error());
      if (*good != nullptr) compare_with_good(told, *trace, **good);
    }
    add(std::move(told), schedule);
    return {};
  }

  /// The fair run with its places, where it is right; else nullptr.
  Expected<const Trace*> good_run() {
    if (fair_ == nullptr || fair_is_wrong_ || fair_->end != RunEnd::kDone) return nullptr;
    if (!good_run_) {
      auto trace = replay(pool_.runner(), {.scenario = index_, .watched = fair_watched_}, true);
      if (!trace) return std::unexpected(trace.error());
      good_run_ = *std::move(trace);
    }
    return &*good_run_;
  }

  void add(Finding finding, const Schedule& schedule) {
    add_replay(finding, spec_, schedule);
    report_.findings.push_back(std::move(finding));
  }

  Expected<void> make_calls_fail() {
    auto failed = search_failures(
        {.assignment = spec_.assignment,
         .index = index_,
         .fair = *fair_,
         .watched = watched_.all(),
         .interruptions = interruptions_,
         .pool = pool_,
         .is_faultless = [this](const Trace& trace) { return findings_of(trace, false).empty(); },
         .is_over = [this] { return is_over(); }});
    if (!failed) return std::unexpected(failed.error());
    for (FoundFailure& one : failed->found) add(std::move(one.finding), one.schedule);
    std::ranges::move(failed->inconclusive, std::back_inserter(report_.inconclusive));
    return {};
  }

  [[nodiscard]] bool is_over() { return is_late() || sandbox::is_readable(spec_.search.stop); }

  /// Whether the time for this scenario is over.
  [[nodiscard]] bool is_late() { return seconds_left() == 0; }

  /// Of the budget or, where there is none, of what an idle machine would need.
  [[nodiscard]] double seconds_left() {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin_;
    const std::chrono::duration<double> cpu = kMostCpuTime - pool_.cpu_time();
    const double idle = cpu.count() / static_cast<double>(spec_.search.jobs);
    return std::max(
        std::min(idle, spec_.search.budget.value_or(idle + spent.count()) - spent.count()), 0.0);
  }

  const HeldSpec& spec_;
  std::size_t index_;
  const Scenario& scenario_;
  FullSpeed full_speed_;
  std::set<std::size_t> outcomes_;  ///< of all orders
  bool saw_right_ = false;          ///< a right one among them
  bool threads_unseen_ = false;     ///< as in Trace, of some run
  WatchList watched_{IPCGRADE_MOST_WATCHED};
  bool more_to_watch_ = false;                           ///< than the runs of this search do
  bool begins_anew_ = true;                              ///< for that
  std::map<std::string, std::vector<FindingKey>> keys_;  ///< by identity
  std::map<FindingKey, Sought> sought_;
  SharedTrace fair_;
  bool fair_is_wrong_ = false;
  std::optional<Trace> good_run_;      ///< of good_run()
  std::vector<Watched> fair_watched_;  ///< by that run
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::set<std::pair<std::uint64_t, TaskId>> interruptible_;  ///< sites of calls, by task
  std::vector<Schedule> interruptions_;                       ///< of note_interruptible()
  std::size_t most_events_ = most_events_of_fair();
  ScenarioReport report_;
  WorkerPool pool_;
};

Expected<std::unique_ptr<Holder>> open_holder(const HeldSpec& spec, std::size_t index, int core) {
  const HoldSpec hold{spec.host, spec.assignment, spec.policy, spec.programs, -1, core};
  auto holder = Holder::open(hold, spec.assignment.scenarios[index]);
  if (!holder) {
    return std::unexpected(
        holder.error().within("hold the scenario " + spec.assignment.scenarios[index].id));
  }
  return holder;
}

Runner runner_of(std::unique_ptr<Holder> holder) {
  return [held = std::shared_ptr<Holder>(std::move(holder))](
             Chooser& chooser, const RunOptions& options) { return held->run(chooser, options); };
}

Expected<ScenarioReport> search(const HeldSpec& spec, std::size_t index,
                                const FullSpeed& full_speed, RunnerMaker make) {
  auto report = Search(spec, index, full_speed, std::move(make)).go();
  if (!report) {
    return std::unexpected(
        report.error().within("explore the scenario " + spec.assignment.scenarios[index].id));
  }
  return report;
}

}  // namespace

Ungraded kind_of(std::string_view ungraded_reason) {
  for (const std::string_view lasts : {kCannotHold, kIsWatched}) {
    if (ungraded_reason.contains(lasts)) return Ungraded::kNever;
  }
  return ungraded_reason.starts_with(kWasStopped) ? Ungraded::kStopped : Ungraded::kHere;
}

std::vector<int> usable_cores() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return {0};
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(static_cast<std::size_t>(core), &set)) cores.push_back(core);
  }
  const auto here = std::ranges::find(cores, ::sched_getcpu());
  if (here != cores.end()) std::ranges::rotate(cores, here);
  return cores;
}

Expected<ScenarioReport> search_scenario(const HeldSpec& spec, std::size_t index,
                                         const RunnerMaker& make) {
  return search(spec, index, {}, make);
}

Expected<ScenarioReport> search_scenario(const HeldSpec& spec, std::size_t index,
                                         const FullSpeed& full_speed) {
  std::optional<sandbox::Isolation> isolation;
  const std::vector<int> cores = usable_cores();
  auto report = search(spec, index, full_speed, [&](std::size_t worker) -> Expected<Runner> {
    auto holder = open_holder(spec, index, cores[worker % cores.size()]);
    if (!holder) return std::unexpected(holder.error());
    if (worker == 0) isolation = (*holder)->isolation();
    return runner_of(std::move(*holder));
  });
  if (report) report->isolation = isolation;
  return report;
}

Expected<std::vector<Finding>> tell_limit(const HeldSpec& spec, std::size_t index,
                                          const Trace& full_speed) {
  constexpr std::size_t kMostEventsTold = 50'000;  // some seconds
  const Scenario& scenario = spec.assignment.scenarios[index];
  const auto limit = std::get<sandbox::LimitReached>(full_speed.stopped->what).kind;
  auto holder = open_holder(spec, index, usable_cores().front());
  if (!holder) return std::unexpected(holder.error());
  const Runner bounded = [&, run = runner_of(std::move(*holder))](Chooser& chooser,
                                                                  RunOptions options) {
    options.most_events = kMostEventsTold;
    options.stop = spec.search.stop;
    return run(chooser, options);
  };
  const Schedule schedule{.scenario = index};
  const auto held = replay_schedule(bounded, schedule);
  if (!held) return std::unexpected(held.error());
  std::vector<Finding> findings;
  if (*held && stopped_at(limit, **held)) {
    findings = detect_wrong_results_held(scenario, **held, Stage::kFair);
    for (Finding& finding : findings) add_replay(finding, spec, schedule);
  } else {
    findings = detect_wrong_results(scenario, full_speed);
    if (*held && limit == sandbox::LimitKind::kOutput) add_where_it_prints(findings, **held);
  }
  return findings;
}

Expected<std::optional<Trace>> replay_schedule(const HeldSpec& spec, const Schedule& schedule) {
  if (schedule.scenario >= spec.assignment.scenarios.size()) return std::nullopt;
  auto holder = open_holder(spec, schedule.scenario, usable_cores().front());
  if (!holder) return std::unexpected(holder.error());
  return replay_schedule(runner_of(std::move(*holder)), schedule);
}

Expected<std::optional<Trace>> replay_schedule(const Runner& runner, const Schedule& schedule) {
  ReplayChooser chooser(schedule);
  RunOptions options = options_of(schedule);
  options.tell = true;
  auto trace = runner(chooser, options);
  if (!trace) return std::unexpected(trace.error());
  if (chooser.missed() > 0) return std::nullopt;
  return std::move(*trace);
}

}  // namespace ipcgrade
