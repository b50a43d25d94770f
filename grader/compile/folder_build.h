// Builds in a copy of a folder by a command of the user's, as `explore --build` asks for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compile/folder_copy.h"
#include "sandbox/error.h"
#include "sandbox/host.h"
#include "trace/finding.h"

namespace ipcgrade {

struct FolderBuild {
  FolderCopy folder;                  ///< with what was made
  std::vector<Finding> findings;      ///< build-error: why it failed; at most one
  std::vector<std::string> warnings;  ///< "server.c:9:1: warning: …"
  bool stopped = false;               ///< the rest is not whole then
};

/// Runs `command` by /bin/sh in a box that holds the folder, with every compiler call in it
/// instrumented (see instrument.h). `stop` as in sandbox::BoxSpec. An error is the machine's.
[[nodiscard]] sandbox::Expected<FolderBuild> build_folder(const sandbox::Host& host,
                                                          const FolderCopy& folder,
                                                          const std::string& command, int stop);

}  // namespace ipcgrade
