// The known word that somebody probably meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ipcgrade {

/// The word of `known` with the fewest edits to `word`, where those are at most a third of its
/// length (and one edit always is near enough). Two neighbours that changed places are one edit.
/// The first of equals.
[[nodiscard]] std::optional<std::string_view> nearest_word(std::string_view word,
                                                           std::span<const std::string_view> known);

/// `did you mean "WORD"?`, or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string_view> known);

/// "a, b or c"; "a"; "".
[[nodiscard]] std::string one_of(std::span<const std::string_view> words);

}  // namespace ipcgrade
