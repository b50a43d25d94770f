// The [[scenario.result]] tables: how a scenario may rightly end.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "assignment/assignment.h"
#include "assignment/parts.h"
#include "assignment/reader.h"

namespace ipcgrade {

/// Keys of a result that are no programs.
inline constexpr std::array<KeySpec, 3> kResultKeys{{
    {"may-leave-given", "true or false"},
    {"played", kRoundsExpected},
    {"signal-after", kRoundsExpected},
}};
[[nodiscard]] bool is_result_key(std::string_view key);

struct ReadResult {
  Result result;
  Place place;
  std::vector<Place> ends;  ///< of each program
  bool sound = true;        ///< all programs have an end
};

/// `programs`: those that are started; nullopt: not known, and any key may be one.
[[nodiscard]] ReadResult read_result(const toml::table& table,
                                     const std::optional<std::vector<std::string_view>>& programs,
                                     const PartReader& parts, OuterTable outer, Mistakes& mistakes);

inline constexpr std::string_view kEndExpected =
    R"(a table such as { output = "done\n", exit = 0 })";

}  // namespace ipcgrade
