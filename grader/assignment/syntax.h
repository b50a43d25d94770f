// Text -> TOML.
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <string_view>

#include "assignment/reader.h"

namespace ipcgrade {

/// Files of labs are short; a longer one is a mistake.
inline constexpr std::uint64_t kLargestAssignment = 256 << 10;

/// Notes the first mistake: what follows it has no meaning.
[[nodiscard]] std::optional<toml::table> parse_toml(std::string_view text, Mistakes& mistakes);

}  // namespace ipcgrade
