// assignment.toml -> Assignment, or every mistake in it with its place.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assignment/assignment.h"

namespace ipcgrade {

/// One mistake in an assignment file.
struct Diagnostic {
  std::string file;
  std::uint32_t line = 0;    ///< from 1; 0: the file as a whole
  std::uint32_t column = 0;  ///< from 1, in characters
  std::string message;       ///< what is wrong
  std::string expected;      ///< what was expected there; may be empty
  std::string hint;          ///< what to try; may be empty

  /// "FILE:LINE:COLUMN: message", and below it, indented, what was expected and the hint. Bytes of
  /// the file are in it as they are: escape them before they reach a terminal.
  [[nodiscard]] std::string text() const;
};

/// All mistakes that could be found, in the order of the file; never empty.
struct AssignmentError {
  std::vector<Diagnostic> diagnostics;

  /// The diagnostics with an empty line between them, without a final newline.
  [[nodiscard]] std::string text() const;
};

/// Gives the bytes of a file of the lab, named relative to its folder, or says why it cannot.
using ReadLabFile = std::function<std::expected<std::string, std::string>(const std::string&)>;

/// `file` is what the diagnostics call it. `policy_groups` are the names that `policy` may use.
/// Leaves Assignment::folder empty.
[[nodiscard]] std::expected<Assignment, AssignmentError> parse_assignment_text(
    std::string_view text, std::string file, const std::vector<std::string_view>& policy_groups,
    const ReadLabFile& read_file);

/// Of a file in a lab's folder, in bytes.
inline constexpr std::uint64_t kLargestLabFile = 64 << 20;

/// Whether `path` is `folder` or lies in it, by their names: links are not followed.
[[nodiscard]] bool is_below(const std::filesystem::path& path, const std::filesystem::path& folder);

/// Reads folder/assignment.toml and the files that it names, all of them inside the folder. Throws
/// std::system_error where it is no fault of theirs that they can't be read: no memory, no
/// descriptor, a broken disk.
[[nodiscard]] std::expected<Assignment, AssignmentError> parse_assignment(
    const std::filesystem::path& folder, const std::vector<std::string_view>& policy_groups);

}  // namespace ipcgrade
