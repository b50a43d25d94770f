// pthread condition variables, by hypercalls of the runtime.
//
// A wait gives the mutex back and queues, in one step that others can come before or after; it is
// over when it has been woken and has the mutex again, in one step, too. A signal wakes any one of
// those who waited then: POSIX promises no order. Nobody is woken without a signal.
#pragma once

#include "ipc/machine.h"
#include "ipc/operation.h"

namespace ipcgrade {

extern const Mechanism kConditionMechanism;

/// pthread_cond_init of the condition that is there, which may have waiters, inside its event: they
/// are not in its words any more, and sleep on until their time is over.
void condition_made(Machine& machine, const ByteLocation& at);

/// The task has ended, inside the event of that: it waits no more.
void conditions_of_ended_task(Machine& machine, Task& task);

}  // namespace ipcgrade
