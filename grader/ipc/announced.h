// What instrumented code announces: see announced.cc. And what a memory order is called there.
#pragma once

#include <cstdint>

#include "ipc/machine.h"
#include "trace/event.h"

namespace ipcgrade {

/// From a C11 memory order, as gcc numbers them in the calls of instrumented code: consume is
/// acquire, and what is none of them counts as the strongest.
[[nodiscard]] AccessOrder order_of_c11(std::uint64_t order);

/// What stands for a process's own memory, by its addresses: made when it is asked for first.
[[nodiscard]] ObjectId private_memory(Machine& machine, Process& process);

}  // namespace ipcgrade
