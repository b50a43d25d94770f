// Reading the arguments of a call.
#pragma once

#include <time.h>

#include <cstdint>
#include <optional>

#include "ipc/machine.h"
#include "ipc/operation.h"

namespace ipcgrade {

/// Of type int: the upper half of the register means nothing.
[[nodiscard]] inline int int_at(const Call& call, std::size_t index) {
  return static_cast<int>(static_cast<std::uint32_t>(call.arguments[index]));
}
[[nodiscard]] inline std::int64_t long_at(const Call& call, std::size_t index) {
  return static_cast<std::int64_t>(call.arguments[index]);
}

}  // namespace ipcgrade
