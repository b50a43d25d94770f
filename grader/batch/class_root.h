// Where in what was handed out the hand-ins lie: a platform's export may be in folders or archives
// that wrap it, with other files beside. Names only; nothing is opened here.
#pragma once

#include <string>
#include <vector>

namespace ipcgrade {

struct ClassRoot {
  std::string folder;               ///< "" or "x/y.zip/": the hand-ins are in it, side by side
  std::vector<std::string> beside;  ///< paths of what is neither, on the way there
  std::string problem;  ///< why that can't be told, or is no class: a sentence; or empty
};

/// `paths`: of all files, and of folders with '/' at the end; below the name of an archive, with
/// '/', what is in it, as far as that is known. `programs`: of the lab, by whose sources hand-ins
/// are known.
[[nodiscard]] ClassRoot class_root(const std::vector<std::string>& paths,
                                   const std::vector<std::string>& programs);

/// Why what was taken for one hand-in may be those of several, a sentence; empty: it is one.
[[nodiscard]] std::string why_several(const std::vector<std::string>& paths,
                                      const std::vector<std::string>& programs);

}  // namespace ipcgrade
