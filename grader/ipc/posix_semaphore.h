// POSIX semaphores, named or not: sem_wait and its like, by hypercalls of the runtime. (sem_open is
// a file that is mapped, sem_init the library's own affair.)
//
// The value lies in the sem_t as glibc 2.36 has it: a 64-bit word, the value in its lower half.
// Which of several waiters gets through is a matter of the order.
#pragma once

#include "ipc/machine.h"
#include "ipc/operation.h"

namespace ipcgrade {

extern const Mechanism kPosixSemaphoreMechanism;

}  // namespace ipcgrade
