// PR_SET_PDEATHSIG of prctl(2): the signal that a process gets when its parent ends.
#pragma once

#include <memory>
#include <vector>

#include "ipc/machine.h"

namespace ipcgrade {

/// PR_SET_PDEATHSIG and PR_GET_PDEATHSIG; nullptr: another one.
[[nodiscard]] std::unique_ptr<Operation> decode_parent_death(Machine& machine, Task& task,
                                                             const Call& call);

/// EndHook: the task has ended, and with it a parent. The kernel means the very thread that made
/// the child.
void parent_ended(Machine& machine, Task& task);
[[nodiscard]] std::vector<Touch> parent_end_touches(const Machine& machine, const Process& process);

}  // namespace ipcgrade
