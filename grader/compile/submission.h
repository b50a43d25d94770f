// A student's folder, read into memory: what is built is this copy, and nothing of the folder is
// ever seen by the student's programs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sandbox/error.h"

namespace ipcgrade {

struct SourceFile {
  std::string path;  ///< relative to the folder, with '/' between its parts
  std::string bytes;
  bool executable = false;  ///< by its owner: a script that a Makefile calls
};

/// Something in the folder that is not taken along.
struct LeftOut {
  std::string path;
  std::string reason;       ///< "is a symbolic link", "is a FIFO", "has 209715200 bytes; …"
  bool unreadable = false;  ///< permission denied: the fault of who runs the grader
};

struct Submission {
  std::string name;                  ///< of the folder
  std::vector<SourceFile> files;     ///< sorted by path
  std::vector<LeftOut> left_out;     ///< sorted by path
  std::vector<std::string> folders;  ///< names of those at the top, sorted

  [[nodiscard]] const SourceFile* file(const std::string& path) const;
  [[nodiscard]] const LeftOut* missing(const std::string& path) const;
  [[nodiscard]] bool has_folder(const std::string& path) const;
};

/// Whether a file is a program's source, or was meant to be: in any folder, whatever its case.
[[nodiscard]] bool may_be_source_of(const std::string& program, const std::string& path);

/// Reads regular files: folders whose name begins with a dot, links, FIFOs, devices, compiled
/// objects and very large files are left out, each with its reason. Never waits, never follows a
/// link below `folder`. An error where the folder itself can't be read.
[[nodiscard]] sandbox::Expected<Submission> read_submission(const std::filesystem::path& folder);

}  // namespace ipcgrade
