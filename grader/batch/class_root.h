// Where in what was handed out the hand-ins lie: a platform's export may be in folders or archives
// that wrap it, with other files beside. Names only; nothing is opened here.
#pragma once

#include <string>
#include <vector>

namespace ipcgrade {

struct ClassRoot {
  std::string folder;               ///< "" or "x/y/": the hand-ins are in it, side by side
  bool found = false;               ///< that they are; else nothing shows that these are several
  std::string archive;              ///< not found, but all that there may be is in this archive
  std::vector<std::string> beside;  ///< paths of what is neither, on the way there
};

/// `paths`: of all files, and of folders with '/' at the end. The top itself is never asked
/// whether it is a class's folder unless names of a platform are there, or `is_top_asked`.
[[nodiscard]] ClassRoot class_root(const std::vector<std::string>& paths,
                                   const std::vector<std::string>& programs,
                                   bool is_top_asked = true);

/// Folders at the top that have a source for each of the lab's programs, somewhere in them.
[[nodiscard]] std::vector<std::string> complete_folders(const std::vector<std::string>& paths,
                                                        const std::vector<std::string>& programs);

/// Whether a source for one of the programs is among the files at the top.
[[nodiscard]] bool has_source_at_top(const std::vector<std::string>& paths,
                                     const std::vector<std::string>& programs);

}  // namespace ipcgrade
