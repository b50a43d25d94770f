// Archives as strangers make them.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <string>
#include <vector>

namespace ipcgrade_test {

struct Entry {
  std::string path;
  std::string bytes{};
  unsigned type = AE_IFREG;
  std::string link{};
  std::string hard_link{};
};

enum class Format { kZip, kTarGz, k7Zip };

inline std::string archive_of(const std::vector<Entry>& entries, Format format = Format::kZip) {
  std::string bytes;
  archive* const made = archive_write_new();
  if (format == Format::kZip) archive_write_set_format_zip(made);
  if (format == Format::k7Zip) archive_write_set_format_7zip(made);
  if (format == Format::kTarGz) {
    archive_write_set_format_pax(made);
    archive_write_add_filter_gzip(made);
  }
  bytes.resize(1U << 20);
  for (const Entry& one : entries) bytes.resize(bytes.size() + one.bytes.size() + 4096);
  std::size_t used = 0;
  archive_write_open_memory(made, bytes.data(), bytes.size(), &used);
  for (const Entry& one : entries) {
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, one.path.c_str());
    archive_entry_set_filetype(entry, one.type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(one.bytes.size()));
    if (one.type == AE_IFLNK) archive_entry_set_symlink(entry, one.link.c_str());
    if (!one.hard_link.empty()) archive_entry_set_hardlink(entry, one.hard_link.c_str());
    archive_write_header(made, entry);
    if (!one.bytes.empty()) archive_write_data(made, one.bytes.data(), one.bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(made);
  archive_write_free(made);
  bytes.resize(used);
  return bytes;
}

}  // namespace ipcgrade_test
