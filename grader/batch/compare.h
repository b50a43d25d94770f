// Whose points change from one batch to another, and why.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "batch/graded.h"

namespace ipcgrade {

struct Change {
  std::string key;
  /// Nothing where there is no grade.
  std::optional<double> before, after;
  /// "every-order 0 -> 3", "no data-race any more", "the files are others".
  std::vector<std::string> why;
};

/// Of hand-ins whose points, outcome, or points of a check differ; by the key that `after` has for
/// them, so that who is anonymous there stays so.
[[nodiscard]] std::vector<Change> compare(const Batch& before, const Batch& after);

}  // namespace ipcgrade
