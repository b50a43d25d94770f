// The files of one hand-in, in memory, while it is put together.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "archives/read.h"
#include "sandbox/error.h"

namespace ipcgrade {

/// Of a file that is told of, in bytes: names in archives have no end.
inline constexpr std::size_t kLongestTold = 200;
/// No longer than that, and visible.
[[nodiscard]] std::string told_name(const std::string& path);

class Tree {
 public:
  /// A file that was handed in by itself, or the files of an archive: what its ending says. What is
  /// there by that name already stays.
  void add_file(const std::string& path, const std::filesystem::path& on_disk);
  /// All of a folder of the machine's but links, devices and hidden folders.
  [[nodiscard]] sandbox::Expected<void> add_folder(const std::filesystem::path& folder);

  /// Takes away folders that wrap all that there is to build; what lies beside such a folder is
  /// left out.
  void strip_wrappers();

  /// Whether the files are those of the one folder that was added, under the same names.
  [[nodiscard]] bool is_as_found() const { return !changed_; }
  /// What was left out, and what was done: a sentence each.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  /// Why something of it could not be read, a sentence; empty: all could.
  [[nodiscard]] const std::string& unread() const { return unread_; }
  [[nodiscard]] const std::map<std::string, ArchiveFile>& files() const { return files_; }

 private:
  void add(ArchiveFile file);
  void expand(const std::string& path, const ArchiveSource& source, int depth,
              std::uint64_t& unpacked);
  void note(const std::string& path, const std::string& what);
  void note_lost(const std::string& path, const std::string& what);

  std::map<std::string, ArchiveFile> files_;
  std::vector<std::string> notes_;
  std::string unread_;
  std::uint64_t total_ = 0;     ///< bytes of the files
  std::uint64_t unpacked_ = 0;  ///< bytes that came out of archives, whatever became of them
  bool changed_ = false;
};

}  // namespace ipcgrade
