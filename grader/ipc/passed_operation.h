// A call that never waits and that the kernel does, after which the model follows.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ipc/operation.h"

namespace ipcgrade {

struct Passed {
  Call call;
  std::string text;
  std::vector<Touch> touches = {};
  std::vector<Failure> failures = {};
  /// What becomes of the model, given the kernel's result; returns what the task is to get. Unset:
  /// nothing, and that.
  std::function<std::int64_t(Machine&, Task&, std::int64_t)> then = {};
  /// Asked first: an effect in the place of the call (the model knows better), or nothing.
  std::function<std::optional<Effect>(Machine&, Task&)> instead = {};
};

[[nodiscard]] std::unique_ptr<Operation> make_passed(Passed passed);

}  // namespace ipcgrade
