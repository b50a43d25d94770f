// Signals from outside: timers that may fire at any moment, and cost no time. While one can come,
// it is a choice like others.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "ipc/signal.h"
#include "ipc/strike.h"
#include "supervise/held_run.h"
#include "trace/party.h"

namespace ipcgrade {

void HeldRun::set_outside_signals() {
  for (const OutsideSignal& signal : stage_.scenario.signals) {
    // Whom it touches is known when it comes.
    (void)machine_.add_timer(machine_.clock_object(), [](Machine&) {});
    outside_.push_back({signal});
  }
}

bool HeldRun::is_outside(const Actor& actor) const {
  return actor.kind == ActorKind::kTimer && actor.task < outside_.size();
}

/// Whom it can come to now; nullptr: it can't.
Task* HeldRun::target_of(const Outside& one) {
  if (one.came) return nullptr;
  const TaskId id = task_of(trace_, one.signal.to);
  if (id == kNoTask) return nullptr;
  Task& target = machine_.task(id);
  const bool alive = target.state != TaskState::kNotStarted &&
                     machine_.process_of(target).state == Process::State::kAlive;
  if (!alive || (one.signal.once && task_of(trace_, *one.signal.once) == kNoTask)) return nullptr;
  if (one.signal.until_output && !trace_.processes[target.program].output.empty()) return nullptr;
  // Of two that are alike, the first comes first.
  const bool waits = std::ranges::any_of(outside_, [&](const Outside& other) {
    return &other < &one && !other.came && other.signal.number == one.signal.number &&
           other.signal.to == one.signal.to;
  });
  return waits ? nullptr : &target;
}

void HeldRun::add_outside_choices() {
  for (std::uint16_t i = 0; i < outside_.size(); ++i) {
    const Task* target = target_of(outside_[i]);
    if (target == nullptr) continue;
    add_choice({ActorKind::kTimer, i}, true, sends(target->self, outside_[i].signal.number));
  }
}

/// Counts the steps after which they come in the fair run.
void HeldRun::note_step_for_outside(const Task& task) {
  for (Outside& one : outside_) {
    const Task* target = target_of(one);
    if (target != nullptr && target->process == task.process) ++one.steps;
  }
}

bool HeldRun::is_time_for(const Actor& outside) const {
  const Outside& one = outside_[outside.task];
  return one.steps >= one.signal.after;
}

void HeldRun::come(std::uint16_t number) {
  Outside& one = outside_[number];
  Task& target = *target_of(one);
  one.came = true;
  machine_.begin_event(EventKind::kTimer, kNoTask);
  machine_.event().injected = true;
  machine_.touch(writes(target.self));
  machine_.send_to_process(machine_.process_of(target),
                           {one.signal.number, SI_USER, 0, 0, 0, machine_.event_id()});
  machine_.end_event(
      fmt::format("{} comes from outside, for {}", signal_name(one.signal.number), target.name),
      one.signal.number);
  tell_others(kNoTask);
}

}  // namespace ipcgrade
