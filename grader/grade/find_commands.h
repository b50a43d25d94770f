// From the words of `--run` to programs in a box.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "compile/build.h"
#include "compile/folder_copy.h"
#include "supervise/holder.h"

namespace ipcgrade {

struct FoundCommands {
  std::vector<StartCommand> commands;
  std::vector<Program> programs;  ///< to be put into /programs: where the folder's programs run,
                                  ///< so that places in their sources are found
};

/// `folder` is where the copy came from: a path that leads there by its full name is meant to be
/// the copy's. An error is a sentence about one of the commands.
[[nodiscard]] std::expected<FoundCommands, std::string> find_commands(
    const std::vector<std::string>& commands, const FolderCopy& copy,
    const std::filesystem::path& folder);

}  // namespace ipcgrade
