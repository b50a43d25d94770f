// futex(2), as far as programs and the C library use it beside what the runtime takes over: waits,
// wakes, requeues. Which waiters a wake is for is a matter of the order.
#pragma once

#include "ipc/machine.h"
#include "ipc/operation.h"

namespace ipcgrade {

extern const Mechanism kFutexMechanism;

/// As the kernel does at a thread's end (CLONE_CHILD_CLEARTID). Inside an event.
void futex_wake_at(Machine& machine, const ByteLocation& at, int count);
/// The task has ended, inside the event of that: who waits at its clear_address is woken.
void futexes_of_ended_task(Machine& machine, Task& task);

}  // namespace ipcgrade
