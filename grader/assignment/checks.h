// The [[check]] tables.
#pragma once

#include <vector>

#include "assignment/assignment.h"
#include "assignment/reader.h"

namespace ipcgrade {

/// `place` is where the checks as a whole begin.
[[nodiscard]] std::vector<Check> read_checks(const std::vector<const toml::table*>& tables,
                                             Place place, OuterTable top, Mistakes& mistakes);

}  // namespace ipcgrade
