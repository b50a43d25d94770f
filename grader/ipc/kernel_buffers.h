// What the kernel reads and writes of a program's memory in calls that it does itself. Where that
// is shared memory, it is an access of the program: plain, and ordered by nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ipc/machine.h"

namespace ipcgrade {

/// The touches of shared memory that the call may make; with its result, those that it made.
/// Nothing for calls of the model, which knows what they do.
[[nodiscard]] std::vector<Touch> kernel_touches(const Machine& machine, const Task& task,
                                                const Call& call,
                                                std::optional<std::int64_t> result = std::nullopt);

/// The bytes that a call which moves data takes it from, or has put it to; by their addresses.
struct Buffer {
  std::uint64_t begin = 0, end = 0;
  bool written = false;
};

/// Nothing for other calls, those with a list of buffers among them.
[[nodiscard]] std::optional<Buffer> buffer_of(const Call& call, std::int64_t result);

}  // namespace ipcgrade
