#include "explore/explorer.h"

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "explore/dependence_order.h"

namespace ipcgrade {
namespace {

// So many runs, of short ones, are started before the first of them is learnt: the same number with
// one worker as with many, so that the result is the same.
constexpr std::size_t kBatch = 8;

}  // namespace

Explorer::Explorer(WorkerPool& pool, Judge judge, ExploreOptions options)
    : pool_(pool), judge_(std::move(judge)), options_(std::move(options)) {}

sandbox::Expected<void> Explorer::run(Strategy& strategy, std::size_t most) {
  while (most > 0 && !over()) {
    std::uint64_t& next = next_runs_[&strategy];
    const std::uint64_t first = next;
    std::vector<std::unique_ptr<Chooser>> choosers;
    std::vector<WorkerPool::Job> jobs;
    const std::size_t left = options_.most_schedules - result_.schedules;
    while (choosers.size() < std::min({kBatch, most, left, affordable()})) {
      auto chooser = strategy.start(next);
      if (!chooser) break;
      ++next;
      jobs.push_back({chooser.get(), options_.run});
      choosers.push_back(std::move(chooser));
    }
    if (choosers.empty()) break;
    most -= choosers.size();
    std::optional<sandbox::Error> error;
    pool_.run_all(jobs, [&](std::size_t index, WorkerPool::Result trace) {
      if (!trace && !error) error = trace.error();
      if (error || result_.end == ExploreEnd::kUnmodelled) return;
      take_in(strategy, first + index, std::make_shared<const Trace>(*std::move(trace)));
    });
    if (error) return std::unexpected(*error);
    decide_end();
  }
  return {};
}

/// Runs as long as those so far, until the events are used up. (Not as laborious: looks of one that
/// spins are many, and cost little.)
std::size_t Explorer::affordable() const {
  if (length_ == 0) return kBatch;
  const std::size_t most = options_.most_events();
  return (most - std::min(events_, most)) * result_.schedules / length_;
}

void Explorer::take_in(Strategy& strategy, std::uint64_t number, const SharedTrace& run) {
  const Trace& trace = *run;
  strategy.learn(number, trace);
  ++result_.schedules;
  events_ += effort_of(trace);
  length_ += trace.events.size();
  if (trace.end == RunEnd::kUnmodelled) {
    result_.end = ExploreEnd::kUnmodelled;
    result_.unmodelled = trace.unmodelled;
    return;
  }
  if (trace.end == RunEnd::kAbandoned) return;
  if (seen_.insert(hash_of_order(trace)).second) ++result_.distinct;
  find(strategy, run);
}

void Explorer::find(const Strategy& strategy, const SharedTrace& run) {
  std::optional<FoundOrder> here;
  for (const FindingKey& key : judge_(run)) {
    if (!here) {
      const Trace& trace = *run;
      const Schedule schedule{options_.scenario, options_.run.injection, options_.run.watched,
                              deviations_of(trace)};
      here = FoundOrder{key,
                        schedule,
                        switches_of(trace),
                        result_.schedules - 1,
                        1,
                        std::string(strategy.name())};
    }
    here->key = key;
    const auto [place, is_new] = indices_.try_emplace(key, result_.found.size());
    if (is_new) {
      result_.found.push_back(*here);
      last_new_ = result_.schedules;
      continue;
    }
    FoundOrder& known = result_.found[place->second];
    ++known.times;
    // The usual order is the simplest to understand, however many switches it has.
    const auto effort = [](const FoundOrder& one) {
      return std::tuple(!one.schedule.deviations.empty(), one.switches,
                        one.schedule.deviations.size());
    };
    if (effort(*here) < effort(known)) {
      known.schedule = here->schedule;
      known.switches = here->switches;
      known.strategy = here->strategy;
    }
  }
}

void Explorer::decide_end() {
  options_.progress(result_);
  if (over()) return;
  if (options_.stop()) {
    result_.end = ExploreEnd::kStopped;
  } else if (result_.schedules >= options_.most_schedules || affordable() == 0) {
    result_.end = ExploreEnd::kSchedules;
  } else if (!result_.found.empty() && result_.schedules - last_new_ >= options_.patience) {
    result_.end = ExploreEnd::kPatience;
  } else if (options_.is_late()) {
    result_.end = ExploreEnd::kBudget;
  }
}

void Explorer::set_exhausted() {
  if (result_.end == ExploreEnd::kUnmodelled) return;
  result_.end = ExploreEnd::kExhausted;
  result_.exhaustive = true;
}

Explored Explorer::finish() {
  result_.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  return std::move(result_);
}

}  // namespace ipcgrade
