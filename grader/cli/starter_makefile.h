// The Makefile of a starter folder: a student's `make` builds as the grader does, `make check`
// calls it. The grader builds with this file, too, where it is handed in.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "assignment/assignment.h"

namespace ipcgrade {

/// Grades with `program`, an absolute path, unless the caller of make names another; `lab` as that
/// program takes it in any folder. An error says, in a few words, why there can be none.
[[nodiscard]] std::expected<std::string, std::string> starter_makefile(
    const Assignment& assignment, const std::filesystem::path& program, const std::string& lab);

}  // namespace ipcgrade
