// pthread spin locks, by hypercalls of the runtime. Who would spin waits here, and burns nothing.
// The word is as glibc has it for x86-64: 1 is free, 0 is locked.
#pragma once

#include "ipc/machine.h"
#include "ipc/operation.h"

namespace ipcgrade {

extern const Mechanism kSpinLockMechanism;

}  // namespace ipcgrade
