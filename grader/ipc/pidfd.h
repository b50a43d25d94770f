// Descriptors of processes.
#pragma once

#include "ipc/machine.h"

namespace ipcgrade {

/// The process that a descriptor of the task stands for (pidfd_open(2)); nullptr: it is none such.
[[nodiscard]] Process* process_named(Machine& machine, const Task& task, int number);

}  // namespace ipcgrade
