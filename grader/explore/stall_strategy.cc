#include "explore/stall_strategy.h"

#include <algorithm>
#include <limits>
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
constexpr std::size_t kToBegin = 256;
/// In the place of a number of steps.
constexpr std::size_t kStart = std::numeric_limits<std::size_t>::max();

/// Who polls before all others, and that one never.
std::vector<Actor> all_but(const Trace& trace, TaskId late, TaskId poller) {
  constexpr std::size_t kMostTasks = 8;
  std::vector<Actor> actors{{ActorKind::kTask, poller}, {ActorKind::kTimeOut, poller}};
  for (TaskId task = 0; task < std::min(trace.tasks.size(), kMostTasks); ++task) {
    if (task != late && task != poller) actors.push_back({ActorKind::kTask, task});
  }
  return actors;
}

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
        const TaskId poller = idle.actor.task;
        const TaskId late = other.actor.task;
        if (known_.insert({poller, late, steps[late]}).second) {
          // Who only repeats itself has to look, and to pause, a few times more before it is known
          // to idle.
          add(trace, number, idle.idles ? 0 : kToIdle,
              {{ActorKind::kTask, poller}, {ActorKind::kTimeOut, poller}});
        }
        // A program may also be started as much later, whatever it has done by now.
        if (steps[late] > 0 && trace.tasks[late].parent == kNoTask &&
            known_.insert({poller, late, kStart}).second) {
          add(trace, began[late], kToBegin, all_but(trace, late, poller));
        }
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

/// The run, but that from decision `first` on one of these goes on, the first that can.
void StallStrategy::add(const Trace& trace, std::size_t first, std::size_t more,
                        const std::vector<Actor>& actors) {
  if (schedules_.size() >= kMost) return;
  Schedule schedule{.scenario = scenario_, .deviations = deviations_of(trace)};
  std::erase_if(schedule.deviations, [&](const Deviation& one) { return one.decision >= first; });
  for (std::size_t at = first; at <= first + more; ++at) {
    for (const Actor& actor : actors) {
      schedule.deviations.push_back({static_cast<std::uint32_t>(at), actor});
    }
  }
  schedules_.push_back(std::move(schedule));
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
