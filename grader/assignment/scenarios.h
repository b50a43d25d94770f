// The [[scenario]] tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assignment/assignment.h"
#include "assignment/parse.h"
#include "assignment/reader.h"

namespace ipcgrade {

inline constexpr std::string_view kMayLeaveGiven =
    "may-leave-given";  ///< beside a result's programs

inline constexpr Range kWallRange{"100ms", "60min"};

/// `programs` are those of the lab, or nullopt where they could not be read: names are not checked
/// against them then.
[[nodiscard]] std::vector<Scenario> read_scenarios(
    const std::vector<const toml::table*>& tables,
    const std::optional<std::vector<std::string>>& programs, std::chrono::milliseconds wall,
    const ReadLabFile& read_file, OuterTable top, Mistakes& mistakes);

}  // namespace ipcgrade
