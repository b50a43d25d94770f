// Another process's memory: process_vm_readv(2).
#pragma once

#include <memory>
#include <string>

#include "ipc/operation.h"

namespace ipcgrade {

/// A call of a group that the lab refuses: it fails with EPERM. `text` is the call as it is told.
/// Of process_vm_readv the trace keeps what it asked for. (Where the group is allowed the call is
/// not modelled: no mechanism has it.)
[[nodiscard]] std::unique_ptr<Operation> refused_call(Machine& machine, const Call& call,
                                                      std::string text);

}  // namespace ipcgrade
