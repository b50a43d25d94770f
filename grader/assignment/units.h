// Durations and sizes as an assignment file writes them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ipcgrade {

/// "500ms", "20s", "2min"; nothing else, and no number that does not fit.
[[nodiscard]] std::optional<std::chrono::milliseconds> try_duration(std::string_view text);

/// "512", "1KiB", "256MiB", "2GiB", in bytes; nothing else, and no number that does not fit.
[[nodiscard]] std::optional<std::uint64_t> try_size(std::string_view text);

/// How a duration or size with a wrong unit ("20 sec", "256MB", "5") was probably meant; may be
/// empty.
[[nodiscard]] std::string likely_duration(std::string_view text);
[[nodiscard]] std::string likely_size(std::string_view text);

}  // namespace ipcgrade
