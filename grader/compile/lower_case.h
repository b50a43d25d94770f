// For names that are the same whatever their case.
#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace ipcgrade {

/// ASCII's capitals made small; all other bytes stay.
[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char one) { return static_cast<char>(std::tolower(one)); });
  return lower;
}

}  // namespace ipcgrade
