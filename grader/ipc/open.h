// The part of the file mechanism that opens.
#pragma once

#include <memory>

#include "ipc/operation.h"

namespace ipcgrade {

/// open, openat, openat2, creat.
[[nodiscard]] std::unique_ptr<Operation> decode_open(Machine& machine, Task& task,
                                                     const Call& call);

}  // namespace ipcgrade
