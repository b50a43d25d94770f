#include "grade/failure_search.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "detect/identity.h"
#include "detect/interruption.h"
#include "detect/results.h"
#include "detect/unhandled_error.h"
#include "explore/rank_chooser.h"
#include "explore/replay_strategy.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;

/// How many events the runs with a failing call may have in all, before no more are begun: of the
/// first scenario, and of any other, where most calls are the same.
constexpr std::size_t kMostFailureEvents = 200'000;
constexpr std::size_t kMostFailureEventsLater = 60'000;

/// All numbers below `count`, so that the first few are spread over all of them: van der Corput's
/// sequence.
std::vector<std::size_t> spread(std::size_t count) {
  const std::size_t size = std::bit_ceil(count);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < size; ++i) {
    std::size_t mirrored = 0;
    for (std::size_t bit = 1, to = size / 2; bit < size; bit *= 2, to /= 2) {
      if ((i & bit) != 0) mirrored |= to;
    }
    if (mirrored < count) order.push_back(mirrored);
  }
  return order;
}

/// So many runs with a failing call, where they are short, are made at once: the same number with
/// any number of workers.
constexpr std::size_t kBatch = 8;

class FailureSearch {
 public:
  explicit FailureSearch(const FailureSpec& spec)
      : spec_(spec), scenario_(spec.assignment.scenarios[spec.index]) {}

  Expected<FailureReport> go() {
    const std::size_t length = std::max<std::size_t>(effort_of(spec_.fair), 1);
    // Such a one makes the same calls over and over again.
    if (length > most_) return std::move(report_);
    const std::vector<Injection> all = injections();
    const std::vector<std::size_t> order = spread(all.size());
    std::size_t count = 0;
    for (std::size_t i = 0; i < order.size() && !is_enough(); i += count) {
      count = std::clamp<std::size_t>((most_ - events_) / length, 1, kBatch);
      std::vector<Injection> batch;
      for (std::size_t k = i; k < std::min(i + count, order.size()); ++k) {
        batch.push_back(all[order[k]]);
      }
      if (auto done = inject(batch); !done) return std::unexpected(done.error());
    }
    // The earliest call that shows a fault is the one to tell.
    std::ranges::stable_sort(tried_, {}, [&](const Tried& one) {
      return std::ranges::find(all, *one.schedule.injection) - all.begin();
    });
    if (auto done = interrupt(); !done) return std::unexpected(done.error());
    for (const Tried& one : tried_) {
      if (auto done = confirm(one); !done) return std::unexpected(done.error());
    }
    return std::move(report_);
  }

 private:
  /// A failing call that was not handled.
  struct Tried {
    Schedule schedule;
    std::vector<Finding> findings;
  };

  [[nodiscard]] bool is_enough() const { return events_ >= most_ || spec_.is_over(); }

  /// All that is tried in the fair run, in the order of its calls.
  [[nodiscard]] std::vector<Injection> injections() const {
    struct Chosen {
      const Injectable* call;
      std::size_t number;  ///< among the failures of the call
      Injection injection;
    };
    // Not every time can it be done: EINTR needs a call that waits.
    std::map<std::tuple<std::uint64_t, TaskId, int, bool>, std::vector<Chosen>> places;
    for (const Injectable& call : spec_.fair.injectables) {
      std::size_t number = 0;
      for (const Failure& failure : spec_.fair.failures[call.failures]) {
        ++number;
        const bool is_eintr = failure == Failure{EINTR};
        if (is_eintr && interrupting(spec_.assignment, spec_.fair, call).empty()) continue;
        places[{call.site, call.task, failure.error, failure.of_whole}].push_back(
            {&call, number, {call.task, call.ordinal, failure}});
      }
    }
    std::vector<Chosen> chosen;
    for (const auto& [place, calls] : places) {
      chosen.push_back(calls.front());
      if (calls.size() > 2) chosen.push_back(calls[1]);
      if (calls.size() > 1) chosen.push_back(calls.back());
    }
    std::ranges::sort(chosen, {},
                      [](const Chosen& one) { return std::pair(one.call->event, one.number); });
    std::vector<Injection> all;
    for (const Chosen& one : chosen) all.push_back(one.injection);
    return all;
  }

  /// In the fair run; where that shows no fault, also with the program that is failed before all
  /// others, or after them, so that what its calls wait for is not there, or is, by good luck.
  Expected<void> inject(std::span<const Injection> batch) {
    std::vector<Injection> worked_round;
    std::vector<Injection> gave_up;
    const auto is_no_fault = [&](const Injection& one, const Trace& trace) {
      const bool is_right = matching_result(scenario_, trace) != nullptr;
      (is_right ? worked_round : gave_up).push_back(one);
    };
    if (auto done = inject(batch, std::nullopt, is_no_fault); !done) return done;
    for (const auto& [ones, rank] :
         {std::pair(&worked_round, Rank::kFirst), {&gave_up, Rank::kLast}}) {
      std::erase_if(*ones, [&](const Injection& one) { return !is_right_by_rank(one.task, rank); });
      if (auto done = inject(*ones, rank, [](const auto&...) {}); !done) return done;
    }
    return {};
  }

  /// A run for each; `rank`: of the program that is failed, none in the usual order.
  Expected<void> inject(std::span<const Injection> batch, std::optional<Rank> rank,
                        const std::function<void(const Injection&, const Trace&)>& is_no_fault) {
    std::vector<std::unique_ptr<Chooser>> choosers;
    std::vector<WorkerPool::Job> jobs;
    for (const Injection& injection : batch) {
      if (rank) {
        choosers.push_back(std::make_unique<RankChooser>(injection.task, *rank));
      } else {
        choosers.push_back(std::make_unique<ReplayChooser>(
            Schedule{.scenario = spec_.index, .injection = injection}));
      }
      jobs.push_back({choosers.back().get(), {.injection = injection, .watched = spec_.watched}});
    }
    std::optional<sandbox::Error> error;
    spec_.pool.run_all(jobs, [&](std::size_t index, WorkerPool::Result trace) {
      if (!trace && !error) error = trace.error();
      if (error) return;
      if (!judge(batch[index], *trace)) is_no_fault(batch[index], *trace);
    });
    if (error) return std::unexpected(*error);
    return {};
  }

  /// Whether that run shows a fault, which is kept.
  bool judge(const Injection& injection, const Trace& trace) {
    events_ += effort_of(trace);
    auto findings = detect_unhandled_error(scenario_, spec_.fair, injection, trace);
    if (findings.empty()) return false;
    tried_.push_back(
        {{spec_.index, injection, spec_.watched, deviations_of(trace)}, std::move(findings)});
    return true;
  }

  Expected<void> interrupt() {
    for (const Schedule& one : spec_.interruptions) {
      if (is_enough()) break;
      const auto trace = replay(spec_.pool.runner(), one, false);
      if (!trace) return std::unexpected(trace.error());
      judge(*one.injection, *trace);
    }
    return {};
  }

  /// Whether the run with that task before or after all others is right, too: where it is not, that
  /// is told already.
  bool is_right_by_rank(TaskId task, Rank rank) {
    const auto [known, is_new] = right_.try_emplace({task, rank}, false);
    if (is_new) {
      RankChooser chooser(task, rank);
      const auto trace = spec_.pool.run(chooser, {});
      known->second =
          trace && matching_result(scenario_, *trace) != nullptr && spec_.is_faultless(*trace);
    }
    return known->second;
  }

  /// Whether some signal that can come then has a handler that comes back: otherwise the call that
  /// is made to fail with EINTR never does.
  Expected<bool> a_handler_comes_back(const Schedule& schedule) {
    const Injection& injection = *schedule.injection;
    const auto trace = replay(spec_.pool.runner(), schedule, false);
    if (!trace) return std::unexpected(trace.error());
    const auto call = std::ranges::find_if(trace->injectables, [&](const Injectable& one) {
      return one.task == injection.task && one.ordinal == injection.ordinal;
    });
    if (call == trace->injectables.end()) return false;
    for (const int signal : interrupting(spec_.assignment, *trace, *call)) {
      Schedule with_signal = schedule;
      with_signal.injection->signal = signal;
      const auto taken = replay(spec_.pool.runner(), with_signal, false);
      if (!taken) return std::unexpected(taken.error());
      if (comes_back(*taken, injection.task, signal)) return true;
    }
    return false;
  }

  Expected<void> confirm(const Tried& one) {
    const Injection& injection = *one.schedule.injection;
    if (injection.failure.error == EINTR) {
      const auto possible = a_handler_comes_back(one.schedule);
      if (!possible) return std::unexpected(possible.error());
      if (!*possible) return {};
    }
    const auto again = replay(spec_.pool.runner(), one.schedule, true);
    if (!again) return std::unexpected(again.error());
    auto confirmed = detect_unhandled_error(scenario_, spec_.fair, injection, *again);
    if (confirmed.size() != one.findings.size()) {
      report_.inconclusive.push_back(identity(one.findings.front()));
      return {};
    }
    for (Finding& each : confirmed) report_.found.push_back({std::move(each), one.schedule});
    return {};
  }

  const FailureSpec& spec_;
  const Scenario& scenario_;
  std::size_t most_ = spec_.index == 0 ? kMostFailureEvents : kMostFailureEventsLater;
  std::size_t events_ = 0;  ///< of all runs
  std::map<std::pair<TaskId, Rank>, bool> right_;
  std::vector<Tried> tried_;
  FailureReport report_;
};

}  // namespace

Expected<FailureReport> search_failures(const FailureSpec& spec) {
  return FailureSearch(spec).go();
}

}  // namespace ipcgrade
