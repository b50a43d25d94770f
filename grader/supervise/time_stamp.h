// rdtsc and rdtscp, which the processor refuses to held tasks (PR_SET_TSC), done in their place.
#pragma once

#include <cstdint>

#include "supervise/tracee.h"

namespace ipcgrade {

/// Whether the task, at the stop of a SIGSEGV, stands before one of them; then the registers are as
/// behind it, not yet written back.
[[nodiscard]] bool read_time_stamp(const Tracee& task, Registers& registers, std::uint64_t ticks);

}  // namespace ipcgrade
