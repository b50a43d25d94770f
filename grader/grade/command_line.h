// The CMD of `--run 'CMD'`: words as a shell splits them; and what only a shell can do, for a
// shell.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace ipcgrade {

/// The words of a command, quotes and backslashes taken away as sh(1) does. One with anything else
/// in it that a shell gives a meaning (pipes, redirections, variables, patterns, an assignment
/// before the command …) becomes {"/bin/sh", "-c", text}. An error is a sentence: a quote that is
/// not closed, or no word at all.
[[nodiscard]] std::expected<std::vector<std::string>, std::string> words_of_command(
    std::string_view text);

}  // namespace ipcgrade
