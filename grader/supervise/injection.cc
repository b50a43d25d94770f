// Calls that are made to fail: which could be, by which errors, and the one that is.
#include <algorithm>
#include <csignal>

#include "ipc/process.h"
#include "ipc/signal.h"
#include "supervise/held_run.h"

namespace ipcgrade {

/// Whether what the kernel sends of itself could be sent now: of a timer that the process has
/// armed, of a child that is alive; SIGPIPE only to who writes, and as its write fails. Others come
/// from outside, or of a process or thread that is there: of whom, the search knows.
bool HeldRun::can_come(const Task& task, int signal) {
  switch (signal) {
    case SIGALRM:
    case SIGVTALRM:
    case SIGPROF:
      return std::ranges::any_of(machine_.timers(), [&](const Timer& timer) {
        if (!timer.due || timer.armed_by >= trace_.events.size()) return false;
        const TaskId by = trace_.events[timer.armed_by].task;
        return trace_.tasks[by].leader == trace_.tasks[task.id].leader;
      });
    case SIGPIPE:
      return false;
    case SIGCHLD: {
      const int parent = machine_.process_of(task).number;
      for (std::size_t i = 0; i < machine_.process_count(); ++i) {
        const Process& one = machine_.process(static_cast<ProcessId>(i));
        const bool ends =
            one.state == Process::State::kAlive || one.state == Process::State::kLeaving;
        if (one.parent == parent && ends) return true;
      }
      return false;
    }
    default:
      return true;
  }
}

/// By signal(7): the signals whose handlers could run while the call waits, and make it fail with
/// EINTR. Not pause and its like: there, that is what they are for. What need not wait looks at no
/// signal.
SignalSet HeldRun::interrupted_by(const Task& task, const Operation& operation) {
  const Interruption how = operation.interruption();
  if (how != Interruption::kRestarts && how != Interruption::kFails) return 0;
  const bool waits = task.waiting || !operation.enabled(machine_, task) ||
                     operation.may_wait_unseen(machine_, task);
  if (!waits) return 0;
  SignalSet all = 0;
  const SignalSet blocked = operation.mask_while_waiting().value_or(task.mask);
  const auto& actions = *machine_.process_of(task).actions;
  for (std::size_t signal = 1; signal < actions.size(); ++signal) {
    const SignalAction& action = actions[signal];
    if (is_library_signal(signal)) continue;
    if (action.handler <= 1 || (blocked & bit_of(static_cast<int>(signal))) != 0) continue;
    if (!can_come(task, static_cast<int>(signal))) continue;
    if (how == Interruption::kFails || (action.flags & SA_RESTART) == 0) {
      all |= bit_of(static_cast<int>(signal));
    }
  }
  return all;
}

std::vector<Failure> HeldRun::failures_of(const Task& task, const Operation& operation,
                                          SignalSet interrupted_by) {
  std::vector<Failure> failures = operation.failures(machine_, task);
  if (interrupted_by != 0) failures.push_back({EINTR});
  return failures;
}

/// Whether this run makes the next of the task's calls that can fail do so, where it can so.
bool HeldRun::is_next_injected(const Task& task, std::span<const Failure> failures) {
  const auto& injection = options_.injection;
  return injection && injection->task == task.id && injection->ordinal == ordinals_[task.id] &&
         std::ranges::find(failures, injection->failure.error, &Failure::error) != failures.end();
}

/// Whether the call that the task stands at is made to fail: at once, whether or not it could
/// complete.
bool HeldRun::fails_now(const Task& task) {
  if (!options_.injection || options_.injection->task != task.id) return false;
  if (options_.injection->failure.error == 0 || held(task).at != HeldTask::At::kCall) return false;
  return is_next_injected(task,
                          failures_of(task, *task.pending, interrupted_by(task, *task.pending)));
}

std::optional<Failure> HeldRun::injected(const Task& task, const Operation& operation) {
  const SignalSet signals = interrupted_by(task, operation);
  const std::vector<Failure> failures = failures_of(task, operation, signals);
  const bool fails = is_next_injected(task, failures);
  note_injectable(task, signals, failures);
  if (!fails) return std::nullopt;
  return options_.injection->failure;
}

/// In the event in which the call ends, however it does: what a handler interrupts could have
/// failed, too.
void HeldRun::note_injectable(const Task& task, SignalSet signals,
                              std::span<const Failure> failures) {
  if (failures.empty()) return;
  trace_.injectables.push_back({.task = task.id,
                                .ordinal = ordinals_[task.id]++,
                                .event = machine_.event_id(),
                                .failures = trace_.failures.add(failures),
                                .site = site_of(held(task)),
                                .interrupted_by = signals});
}

}  // namespace ipcgrade
