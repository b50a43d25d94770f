// Archives that strangers made, read file by file: zip, tar (with gzip, bzip2, xz, zstd), 7z, rar.
//
// Nothing is written here, links and devices are never passed on, and no path leads out of where
// its reader puts it. What decompresses runs in this process and starts no other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/error.h"

namespace ipcgrade {

struct ArchiveFile {
  std::string path;  ///< relative, with '/' between its parts, none of them "." or ".."; any bytes
  std::string bytes;
  bool executable = false;
};

/// What one archive may come to: bombs end here.
struct ArchiveLimits {
  std::uint64_t of_file = 64ULL << 20;  ///< bytes of one file; a larger one is left out
  std::uint64_t of_all = 256ULL << 20;  ///< bytes of all; more is an error
  std::size_t entries = 20'000;         ///< of all; more is an error
  /// What came out of archives before, which counts as a part of `of_all`, and to which this one
  /// adds: for archives inside archives. May be nullptr.
  std::uint64_t* spent = nullptr;
};

/// A file on the disk, or bytes that the caller keeps meanwhile.
using ArchiveSource = std::variant<std::filesystem::path, std::string_view>;

struct ArchiveVisitor {
  /// In the order in which they stand in the archive. An error ends the reading.
  std::function<sandbox::Expected<void>(ArchiveFile file)> take;
  /// What is not passed on, and why: "is a symbolic link". `is_lost`: it is a file whose bytes
  /// could not be had, or were too many.
  std::function<void(std::string path, std::string reason, bool is_lost)> leave_out;
  /// Folders that have an entry of their own, which those that hold something need not. May be
  /// empty.
  std::function<sandbox::Expected<void>(std::string path)> take_folder{};
};

/// Whether a name ends as those of archives do: .zip, .tar, .tgz, .tar.xz, .7z, .rar and so on.
[[nodiscard]] bool is_archive_name(std::string_view name);
/// Without that ending.
[[nodiscard]] std::string archive_stem(std::string_view name);

/// An error where it is no archive, is damaged, or is more than the limits; what was read before is
/// taken by then.
[[nodiscard]] sandbox::Expected<void> read_archive(const ArchiveSource& source,
                                                   const ArchiveLimits& limits,
                                                   const ArchiveVisitor& visitor);

}  // namespace ipcgrade
