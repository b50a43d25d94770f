// pthread reader-writer locks, by hypercalls of the runtime. Whether a reader goes before a writer
// that waits is a matter of the order: POSIX leaves it open.
//
// The state is in the pthread_rwlock_t, where glibc 2.36 has it: the number of readers, and the
// thread number of the writer.
#pragma once

#include "ipc/machine.h"
#include "ipc/operation.h"

namespace ipcgrade {

extern const Mechanism kRwlockMechanism;

}  // namespace ipcgrade
