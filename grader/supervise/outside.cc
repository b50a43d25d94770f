// Signals from outside: timers that may fire at any moment, and cost no time. While one can come,
// it is a choice like others.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "ipc/signal.h"
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

bool HeldRun::is_alive(const Party& party) const {
  const TaskId id = task_of(trace_, party);
  return id != kNoTask && machine_.task(id).state != TaskState::kNotStarted &&
         machine_.process_of(machine_.task(id)).state == Process::State::kAlive;
}

bool HeldRun::may_come(const Outside& one) const {
  if (one.came || !is_alive(one.signal.to)) return false;
  if (one.signal.once && task_of(trace_, *one.signal.once) == kNoTask) return false;
  const Task& target = machine_.task(task_of(trace_, one.signal.to));
  if (one.signal.until_output && !trace_.processes[target.program].output.empty()) return false;
  // Of two that are alike, the first comes first.
  return std::ranges::none_of(outside_, [&](const Outside& other) {
    return &other < &one && !other.came && other.signal.number == one.signal.number &&
           other.signal.to == one.signal.to;
  });
}

void HeldRun::add_outside_choices() {
  for (std::uint16_t i = 0; i < outside_.size(); ++i) {
    if (!may_come(outside_[i])) continue;
    const Touch touch = writes(machine_.task(task_of(trace_, outside_[i].signal.to)).self);
    add_choice({ActorKind::kTimer, i}, true, std::span(&touch, 1));
  }
}

/// Counts the steps after which they come in the fair run.
void HeldRun::note_step_for_outside(const Task& task) {
  for (Outside& one : outside_) {
    if (!may_come(one)) continue;
    const Task& target = machine_.task(task_of(trace_, one.signal.to));
    if (target.process == task.process) ++one.steps;
  }
}

bool HeldRun::is_time_for(const Actor& outside) const {
  const Outside& one = outside_[outside.task];
  return one.steps >= one.signal.after;
}

void HeldRun::come(std::uint16_t number) {
  Outside& one = outside_[number];
  one.came = true;
  const TaskId target = task_of(trace_, one.signal.to);
  machine_.begin_event(EventKind::kTimer, kNoTask);
  machine_.event().injected = true;
  machine_.touch(writes(machine_.task(target).self));
  machine_.send_to_process(machine_.process_of(machine_.task(target)),
                           {one.signal.number, SI_USER, 0, 0, 0, machine_.event_id()});
  machine_.end_event(fmt::format("{} comes from outside, for {}", signal_name(one.signal.number),
                                 machine_.task(target).name),
                     one.signal.number);
  tell_others(kNoTask);
}

}  // namespace ipcgrade
