#include "explore/stall_strategy.h"

#include <memory>
#include <utility>

#include "explore/replay_strategy.h"

namespace ipcgrade {
namespace {

// A long stall is a long run: only so many of a scenario.
constexpr std::size_t kMost = 24;
// Decisions for which one that repeats its look goes on, to become one that idles; and one that may
// have done nothing yet.
constexpr std::size_t kToIdle = 12;
constexpr std::size_t kToBegin = 24;

}  // namespace

void StallStrategy::look_at(const Trace& trace) {
  std::vector<std::size_t> steps(trace.tasks.size());  // of each task, so far
  std::vector<std::size_t> began(trace.tasks.size());  // the decision of its first step
  for (std::size_t number = 0; number < trace.decisions.size(); ++number) {
    if (schedules_.size() >= kMost || too_long_) return;
    const auto choices = choices_of(trace, trace.decisions[number]);
    for (const Choice& idle : choices) {
      if (!idle.idles && !idle.repeats) continue;
      for (const Choice& other : choices) {
        const bool ready = other.enabled && other.actor.kind == ActorKind::kTask;
        if (!ready || other.actor.task >= steps.size()) continue;
        const auto place = std::tuple(idle.actor.task, other.actor.task, steps[other.actor.task]);
        if (schedules_.size() >= kMost || !known_.insert(place).second) continue;
        // A program that has done nothing but start may as well start as much later.
        const bool starts =
            steps[other.actor.task] == 1 && trace.tasks[other.actor.task].parent == kNoTask;
        const std::size_t first = starts ? began[other.actor.task] : number;
        Schedule schedule{.scenario = scenario_, .deviations = deviations_of(trace)};
        std::erase_if(schedule.deviations,
                      [&](const Deviation& one) { return one.decision >= first; });
        // Who only repeats itself has to look, and to pause, a few times more before it is known to
        // idle.
        const std::size_t last = first + (starts ? kToBegin : idle.idles ? 0 : kToIdle);
        for (std::size_t at = first; at <= last; ++at) {
          for (const ActorKind kind : {ActorKind::kTask, ActorKind::kTimeOut}) {
            schedule.deviations.push_back(
                {static_cast<std::uint32_t>(at), {kind, idle.actor.task}});
          }
        }
        schedules_.push_back(std::move(schedule));
        break;
      }
    }
    const Choice* taken = taken_choice(trace, trace.decisions[number]);
    if (taken != nullptr && taken->actor.kind == ActorKind::kTask &&
        taken->actor.task < steps.size()) {
      if (steps[taken->actor.task]++ == 0) began[taken->actor.task] = number;
    }
  }
}

std::unique_ptr<Chooser> StallStrategy::start(std::uint64_t /*run*/) {
  if (exhausted()) return nullptr;
  return std::make_unique<ReplayChooser>(schedules_[next_++]);
}

void StallStrategy::learn(std::uint64_t /*run*/, const Trace& trace) {
  if (trace.end != RunEnd::kSteps) return;
  too_long_ = true;
  schedules_.resize(next_);
}

}  // namespace ipcgrade
