// From the LAB of the command line to the folder of an assignment.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ipcgrade {

struct LabEntry {
  std::string name;   ///< of the folder: what the command line takes
  std::string title;  ///< empty where assignment.toml cannot be read; parse_assignment() says why
  std::filesystem::path folder;
};

/// The folders of `assignments_dir` that hold an assignment.toml, by name. None where the folder
/// cannot be read.
[[nodiscard]] std::vector<LabEntry> installed_labs(const std::filesystem::path& assignments_dir);

/// The folder of an installed lab or, where none has that name, the assignment folder at that path.
/// The error says what there is instead, in lines without a final newline; bytes of names are in it
/// as they are.
[[nodiscard]] std::expected<std::filesystem::path, std::string> find_lab(
    std::string_view name_or_path, const std::filesystem::path& assignments_dir);

}  // namespace ipcgrade
