// stdin, stdout and stderr of a program: what it is given, and what it leaves. They are kept in the
// model, so what a program sees of them does not depend on what it was started with.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ipc/description.h"

namespace ipcgrade {

struct Process;

class StandardStream : public Description {
 public:
  using Description::Description;
  /// What is given at once here may come from a terminal, and go to one.
  [[nodiscard]] bool may_wait_unseen() const override { return true; }
};

/// Puts descriptors 0, 1 and 2 into the process's table. `output` and `errors` must outlive the
/// machine; what the program and its descendants write is appended to them.
void open_standard_streams(Machine& machine, Process& process, std::string input,
                           std::string& output, std::string& errors);

}  // namespace ipcgrade
