// A folder in memory, as it is: what the programs of `explore` see a private copy of. (A hand-in is
// read by submission.h, which takes sources only.)
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sandbox/error.h"

namespace ipcgrade {

struct FolderEntry {
  enum class Kind : std::uint8_t { kFolder, kFile, kLink, kFifo };

  std::string path;  ///< relative to the folder, with '/' between its parts
  Kind kind{};
  std::string bytes;  ///< of a file; where a link leads
  bool executable = false;

  [[nodiscard]] bool is_elf() const;  ///< a program, an object file or a library
};

struct FolderCopy {
  std::string name;                  ///< of the folder
  std::vector<FolderEntry> entries;  ///< sorted by path: a folder comes before what is in it

  /// By its path, "./" before it or not. Links are not followed.
  [[nodiscard]] const FolderEntry* find(std::string_view path) const;
};

/// Reads all of it but folders called ".git", and sockets and devices. Links are copied and never
/// followed. An error where something can't be read, or where it is too large to be a folder of a
/// few programs: a sentence that says so.
[[nodiscard]] sandbox::Expected<FolderCopy> copy_folder(const std::filesystem::path& folder);
/// The same of an open folder, which stays the caller's. Nobody may change it meanwhile.
[[nodiscard]] sandbox::Expected<FolderCopy> copy_folder(int folder);

/// Makes all of it in an empty folder that nobody else changes, belonging to `owner`. Times of
/// change are the same every time, and those of what is compiled older than all others, so that
/// make takes none of it for up to date.
[[nodiscard]] sandbox::Expected<void> place_folder(const FolderCopy& copy, int folder, uid_t owner);

}  // namespace ipcgrade
