// The [[channel]] tables: the way that data must take.
#pragma once

#include <vector>

#include "assignment/assignment.h"
#include "assignment/parts.h"
#include "assignment/reader.h"

namespace ipcgrade {

/// `scenarios` are those of the lab, to which they refer.
[[nodiscard]] std::vector<Channel> read_channels(const std::vector<const toml::table*>& tables,
                                                 const PartReader& parts,
                                                 const std::vector<Scenario>& scenarios,
                                                 OuterTable top, Mistakes& mistakes);

}  // namespace ipcgrade
