// Processes and threads: how they come to be and end; that they are waited for is in wait.cc.
// Source: clone(2), exit(2). supervise/ does the kernel's part of it and tells the model here.
#pragma once

#include "ipc/machine.h"

namespace ipcgrade {

extern const Mechanism kProcessMechanism;

/// The process that a virtual number is of; nullptr where there is none, or it was waited for.
[[nodiscard]] Process* find_process(Machine& machine, int number);
[[nodiscard]] Task* find_task(Machine& machine, int number);

/// After Effect::kNewTask: the new task, or thread, that the kernel made with `flags` (of clone).
/// Inside the event of the call.
Task& task_made(Machine& machine, Task& parent, std::uint64_t flags);

/// A task has ended: `status` as wait(2) has it. `whole` where its process goes with it. Inside a
/// kExit event of it. Everything that ends with it does so here: descriptors, locks, undo of
/// semaphores, segments; its parent is told, but where others can see the end before: then the
/// process is leaving, until process_gone().
void task_ended(Machine& machine, Task& task, int status, bool whole);

/// What that touches: all that others notice of it.
[[nodiscard]] std::vector<Touch> end_touches(Machine& machine, const Task& task, bool whole);

/// A leaving process can be waited for, and its parent is told. Inside a kGone event of it.
void process_gone(Machine& machine, Process& process);
/// What that touches.
[[nodiscard]] std::vector<Touch> gone_touches(Machine& machine, const Process& process);

/// After a successful execve of the task, the only one of its process that is left.
void process_executed(Machine& machine, Task& task);

/// What mechanisms must do when a process (or only a thread) ends, or executes another program.
struct EndHook {
  void (*thread_ended)(Machine&, Task&);
  void (*process_ended)(Machine&, Process&, TaskId);  ///< also at exec, where `at_exec` is set
  std::vector<Touch> (*end_touches)(const Machine&, const Process&);  ///< what that touches
  bool at_exec;
};
[[nodiscard]] std::span<const EndHook> end_hooks();

}  // namespace ipcgrade
