#include "archives/read.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "archives/utf8_names.h"
#include "sandbox/describe.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;

constexpr std::size_t kLongestName = 255;   // NAME_MAX
constexpr std::size_t kLongestPath = 2000;  // well below PATH_MAX, with what stands before it
constexpr std::size_t kMostDepth = 32;
constexpr std::size_t kBlock = 64 * 1024;

constexpr std::array<std::string_view, 14> kEndings{
    ".zip",    ".tar", ".tar.gz",  ".tgz",  ".tar.bz2", ".tbz2", ".tbz",
    ".tar.xz", ".txz", ".tar.zst", ".tzst", ".7z",      ".rar",  ".tar.lzma"};

std::optional<std::string_view> ending_of(std::string_view name) {
  std::optional<std::string_view> longest;
  for (const std::string_view ending : kEndings) {
    if (name.size() <= ending.size()) continue;
    const bool same = std::ranges::equal(name.substr(name.size() - ending.size()), ending, {},
                                         [](unsigned char one) { return std::tolower(one); });
    if (same && (!longest || ending.size() > longest->size())) longest = ending;
  }
  return longest;
}

struct Path {
  std::string path;           ///< empty: see below
  const char* bad = nullptr;  ///< why it is not to be used; nullptr with an empty path: the top
};

/// Of Unix, or with a drive of Windows.
bool is_absolute(std::string_view name) {
  const bool has_drive = name.size() > 2 &&
                         std::isalpha(static_cast<unsigned char>(name[0])) != 0 && name[1] == ':' &&
                         (name[2] == '/' || name[2] == '\\');
  return name.starts_with('/') || has_drive;
}

/// Some archives of Windows have '\' between the parts.
Path clean(std::string_view raw) {
  std::string name(raw);
  if (!name.contains('/')) std::ranges::replace(name, '\\', '/');
  if (is_absolute(name)) return {"", "has an absolute path"};
  Path result;
  std::size_t depth = 0;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = std::string_view(name).substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..") return {"", "leads out of the archive"};
    if (part.size() > kLongestName) return {"", "has a name of more than 255 bytes"};
    if (++depth > kMostDepth) return {"", "is nested too deep"};
    if (!result.path.empty()) result.path += '/';
    result.path += part;
  }
  if (result.path.size() > kLongestPath) return {"", "has too long a path"};
  return result;
}

class Reader {
 public:
  Reader(const ArchiveLimits& limits, const ArchiveVisitor& visitor)
      : limits_(limits), visitor_(visitor) {
    // By name: some that "all" brings start other programs.
    ::archive* const a = archive_.get();
    ::archive_read_support_filter_gzip(a);
    ::archive_read_support_filter_bzip2(a);
    ::archive_read_support_filter_xz(a);
    ::archive_read_support_filter_lzma(a);
    ::archive_read_support_filter_zstd(a);
    ::archive_read_support_format_zip(a);
    ::archive_read_support_format_tar(a);
    ::archive_read_support_format_gnutar(a);
    ::archive_read_support_format_7zip(a);
    ::archive_read_support_format_rar(a);
    ::archive_read_support_format_rar5(a);
  }

  Expected<void> read(const ArchiveSource& source) {
    const auto* path = std::get_if<std::filesystem::path>(&source);
    const auto* bytes = std::get_if<std::string_view>(&source);
    const int opened =
        path != nullptr ? ::archive_read_open_filename(archive_.get(), path->c_str(), kBlock)
                        : ::archive_read_open_memory(archive_.get(), bytes->data(), bytes->size());
    if (opened != ARCHIVE_OK) return trouble("is no archive");
    std::size_t entries = 0;
    archive_entry* entry = nullptr;
    while (true) {
      const int header = ::archive_read_next_header(archive_.get(), &entry);
      if (header == ARCHIVE_EOF) return {};
      if (header < ARCHIVE_WARN) return trouble(entries == 0 ? "is no archive" : "is damaged");
      if (++entries > limits_.entries) {
        return sandbox::failure("has more than " + std::to_string(limits_.entries) + " entries");
      }
      if (auto done = pass_on(entry); !done) return done;
    }
  }

 private:
  static std::string name_of(archive_entry* entry) {
    // The other is for names that are no UTF-8.
    if (const char* name = ::archive_entry_pathname_utf8(entry); name != nullptr) return name;
    const char* raw = ::archive_entry_pathname(entry);
    return raw == nullptr ? "" : raw;
  }

  static const char* why_not(archive_entry* entry) {
    if (::archive_entry_hardlink(entry) != nullptr) return "is a link";
    if (::archive_entry_is_encrypted(entry) != 0) return "is encrypted";
    switch (::archive_entry_filetype(entry)) {
      case AE_IFREG:
      case 0:  // zip files of DOS do not say
        return nullptr;
      case AE_IFLNK:
        return "is a symbolic link";
      case AE_IFIFO:
        return "is a FIFO";
      default:
        return "is no file";
    }
  }

  Expected<void> pass_on(archive_entry* entry) {
    const std::string raw = name_of(entry);
    Path path = clean(raw);
    if (::archive_entry_filetype(entry) == AE_IFDIR) {
      const bool is_taken = visitor_.take_folder && path.bad == nullptr && !path.path.empty();
      return is_taken ? visitor_.take_folder(std::move(path.path)) : Expected<void>();
    }
    if (path.bad == nullptr) path.bad = path.path.empty() ? "has no name" : why_not(entry);
    if (path.bad != nullptr) {
      // What a hard link is a second name of is not known here.
      const bool is_lost = ::archive_entry_is_encrypted(entry) != 0 ||
                           ::archive_entry_hardlink(entry) != nullptr || is_absolute(raw);
      visitor_.leave_out(raw, path.bad, is_lost);
      return {};
    }
    ArchiveFile file{std::move(path.path), "", (::archive_entry_perm(entry) & 0100) != 0};
    std::vector<char> block(kBlock);
    while (true) {
      const la_ssize_t count = ::archive_read_data(archive_.get(), block.data(), block.size());
      if (count == 0) return visitor_.take(std::move(file));
      if (count == ARCHIVE_RETRY) continue;
      if (count == ARCHIVE_FATAL) return trouble("is damaged");
      if (count < 0) {
        visitor_.leave_out(raw, trouble("is damaged").error().what, true);
        return {};
      }
      const bool fits = file.bytes.size() + static_cast<std::size_t>(count) <= limits_.of_file;
      // The rest of a large one is skipped, which costs as much as to read it.
      const la_int64_t rest = fits ? count : ::archive_entry_size(entry);
      total() += static_cast<std::uint64_t>(std::max<la_int64_t>(rest, count));
      if (total() > limits_.of_all) {
        return sandbox::failure("comes to more than " + sandbox::size_text(limits_.of_all));
      }
      if (!fits) {
        visitor_.leave_out(raw, "has more than " + sandbox::size_text(limits_.of_file), true);
        return {};
      }
      file.bytes.append(block.data(), static_cast<std::size_t>(count));
    }
  }

  [[nodiscard]] Expected<void> trouble(std::string text) const {
    const char* why = ::archive_error_string(archive_.get());
    if (why == nullptr) return sandbox::failure(std::move(text));
    // Some of them end in a line feed.
    std::string_view line(why);
    while (line.ends_with('\n')) line.remove_suffix(1);
    return sandbox::failure(text + " (" + std::string(line) + ")");
  }

  [[nodiscard]] std::uint64_t& total() { return limits_.spent != nullptr ? *limits_.spent : own_; }

  const ArchiveLimits& limits_;
  const ArchiveVisitor& visitor_;
  std::uint64_t own_ = 0;
  std::unique_ptr<archive, int (*)(archive*)> archive_{::archive_read_new(), ::archive_read_free};
};

}  // namespace

bool is_archive_name(std::string_view name) { return ending_of(name).has_value(); }

std::string archive_stem(std::string_view name) {
  return std::string(name.substr(0, name.size() - ending_of(name).value_or("").size()));
}

Expected<void> read_archive(const ArchiveSource& source, const ArchiveLimits& limits,
                            const ArchiveVisitor& visitor) {
  const Utf8Names names;
  return Reader(limits, visitor).read(source);
}

}  // namespace ipcgrade
