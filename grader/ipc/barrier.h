// pthread barriers, by hypercalls of the runtime. An arrival that is not the last begins to wait;
// the last one lets all go, and everybody leaves after all arrivals.
//
// Arrivals commute. So that they do, the one that gets PTHREAD_BARRIER_SERIAL_THREAD is the one
// with the lowest number, which POSIX allows, and not whoever came last.
#pragma once

#include "ipc/machine.h"
#include "ipc/operation.h"

namespace ipcgrade {

extern const Mechanism kBarrierMechanism;

}  // namespace ipcgrade
