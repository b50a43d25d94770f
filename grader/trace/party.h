// Which task of a run is meant where an assignment names a process.
#pragma once

#include "assignment/assignment.h"
#include "trace/trace.h"

namespace ipcgrade {

/// The first task of the process; kNoTask where there is none (yet).
[[nodiscard]] inline TaskId task_of(const Trace& trace, const Party& party) {
  for (const TaskId id : task_ids(trace)) {
    const TaskRecord& task = trace.tasks[id];
    if (task.leader != id || trace.processes[task.program].program != party.program) continue;
    if (!party.child && task.parent == kNoTask) return id;
    // Made by the program's first process, whichever of its threads did it.
    if (party.child && task.parent != kNoTask &&
        trace.tasks[trace.tasks[task.parent].leader].parent == kNoTask) {
      return id;
    }
  }
  return kNoTask;
}

}  // namespace ipcgrade
