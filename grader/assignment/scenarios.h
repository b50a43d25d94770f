// The [[scenario]] tables.
#pragma once

#include <vector>

#include "assignment/assignment.h"
#include "assignment/parts.h"
#include "assignment/reader.h"

namespace ipcgrade {

inline constexpr Range kWallRange{"100ms", "60min"};

[[nodiscard]] std::vector<Scenario> read_scenarios(const std::vector<const toml::table*>& tables,
                                                   const PartReader& parts,
                                                   std::chrono::milliseconds wall, OuterTable top,
                                                   Mistakes& mistakes);

}  // namespace ipcgrade
