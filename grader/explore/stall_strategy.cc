#include "explore/stall_strategy.h"

#include <memory>
#include <utility>

#include "explore/replay_strategy.h"

namespace ipcgrade {
namespace {

// A long stall is a long run: only so many of a scenario.
constexpr std::size_t kMost = 24;
// Decisions for which one that repeats its look goes on, to become one that idles.
constexpr std::size_t kToIdle = 12;

}  // namespace

void StallStrategy::look_at(const Trace& trace) {
  std::vector<std::size_t> steps(trace.tasks.size());  // of each task, so far
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
        Schedule schedule{.scenario = scenario_, .deviations = deviations_of(trace)};
        std::erase_if(schedule.deviations,
                      [&](const Deviation& one) { return one.decision >= number; });
        // Who only repeats itself has to look, and to pause, a few times more before it is known to
        // idle.
        const std::size_t last = number + (idle.idles ? 0 : kToIdle);
        for (std::size_t at = number; at <= last; ++at) {
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
      ++steps[taken->actor.task];
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
