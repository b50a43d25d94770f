#include "compile/folder_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "sandbox/describe.h"
#include "sandbox/fd.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;
using Kind = FolderEntry::Kind;

// It is copied before each run. The bounds are for `--dir` forgotten in a home folder.
constexpr std::uint64_t kMostOfAll = 64ULL << 20;
constexpr std::size_t kMostEntries = 4000;
constexpr int kMostDepth = 20;

constexpr std::time_t kCompiledTime = 1'000'000'000;
constexpr std::time_t kOtherTime = kCompiledTime + 1;

constexpr std::string_view kArchive = "!<arch>\n";

class Reader {
 public:
  Expected<void> read_folder(int folder, const std::string& prefix, int depth) {
    if (depth > kMostDepth) return sandbox::failure(prefix + " is nested too deep");
    const auto names = sandbox::names_in(folder, ".");
    if (!names) {
      return std::unexpected(
          sandbox::Error{"read the folder " + prefix, names.error().error_number});
    }
    for (const std::string& name : *names) {
      if (name == ".git") continue;
      if (auto read = read_entry(folder, name, prefix + name, depth); !read) return read;
    }
    return {};
  }

  FolderCopy copy;

 private:
  Expected<void> read_entry(int folder, const std::string& name, const std::string& path,
                            int depth) {
    if (copy.entries.size() == kMostEntries) {
      return too_much(fmt::format("{} files", kMostEntries));
    }
    struct stat status {};
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return sandbox::from_errno(path);
    }
    if (S_ISDIR(status.st_mode)) {
      copy.entries.push_back({path, Kind::kFolder, "", false});
      const sandbox::Fd inner(
          ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!inner) return sandbox::from_errno(path);
      return read_folder(inner.get(), path + "/", depth + 1);
    }
    if (S_ISLNK(status.st_mode)) {
      std::array<char, 4096> target{};
      const ssize_t length = ::readlinkat(folder, name.c_str(), target.data(), target.size());
      if (length < 0) return sandbox::from_errno(path);
      copy.entries.push_back(
          {path, Kind::kLink, std::string(target.data(), static_cast<std::size_t>(length)), false});
    } else if (S_ISFIFO(status.st_mode)) {
      copy.entries.push_back({path, Kind::kFifo, "", false});
    } else if (S_ISREG(status.st_mode)) {
      if (static_cast<std::uint64_t>(status.st_size) > kMostOfAll - total_) {
        return too_much(sandbox::size_text(kMostOfAll));
      }
      auto bytes = sandbox::read_regular_file(folder, name, kMostOfAll - total_);
      if (!bytes) return std::unexpected(bytes.error().within(path));
      total_ += bytes->size();
      const bool executable = (status.st_mode & S_IXUSR) != 0;
      copy.entries.push_back({path, Kind::kFile, std::move(*bytes), executable});
    }
    return {};
  }

  static std::unexpected<sandbox::Error> too_much(const std::string& what) {
    return sandbox::failure(
        fmt::format("has more than {} in it, too much to be copied for every run", what));
  }

  std::uint64_t total_ = 0;
};

bool is_compiled(const FolderEntry& entry) {
  return entry.is_elf() || entry.bytes.starts_with(kArchive);
}

Expected<void> place_entry(const FolderEntry& entry, int folder, uid_t owner) {
  const char* path = entry.path.c_str();
  switch (entry.kind) {
    case Kind::kFile:
      if (auto made = sandbox::make_file(folder, entry.path, entry.bytes,
                                         entry.executable ? 0755 : 0644, owner);
          !made) {
        return made;
      }
      break;
    case Kind::kFolder:
      if (::mkdirat(folder, path, 0755) != 0) return sandbox::from_errno(entry.path);
      break;
    case Kind::kLink:
      if (::symlinkat(entry.bytes.c_str(), folder, path) != 0) {
        return sandbox::from_errno(entry.path);
      }
      break;
    case Kind::kFifo:
      if (::mkfifoat(folder, path, 0666) != 0) return sandbox::from_errno(entry.path);
      break;
  }
  if (entry.kind != Kind::kFile &&
      ::fchownat(folder, path, owner, owner, AT_SYMLINK_NOFOLLOW) != 0) {
    return sandbox::from_errno("chown " + entry.path);
  }
  const timespec time{is_compiled(entry) ? kCompiledTime : kOtherTime, 0};
  const std::array times{time, time};
  if (::utimensat(folder, path, times.data(), AT_SYMLINK_NOFOLLOW) != 0) {
    return sandbox::from_errno("set the time of " + entry.path);
  }
  return {};
}

}  // namespace

bool FolderEntry::is_elf() const {
  return kind == Kind::kFile && bytes.starts_with(
                                    "\x7f"
                                    "ELF");
}

const FolderEntry* FolderCopy::find(std::string_view path) const {
  while (path.starts_with("./")) path.remove_prefix(2);
  const auto at = std::ranges::lower_bound(entries, path, {}, &FolderEntry::path);
  return at == entries.end() || at->path != path ? nullptr : &*at;
}

Expected<FolderCopy> copy_folder(const std::filesystem::path& folder) {
  const sandbox::Fd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened && errno == ENOTDIR) return sandbox::failure("is not a folder");
  if (!opened && errno == ENOENT) return sandbox::failure("there is no such folder");
  if (!opened) return sandbox::from_errno("can't be read");
  auto copy = copy_folder(opened.get());
  if (!copy) return copy;
  std::error_code error;
  const auto whole = std::filesystem::canonical(folder, error);
  copy->name = (error ? folder : whole).filename().string();
  return copy;
}

Expected<FolderCopy> copy_folder(int folder) {
  Reader reader;
  if (auto read = reader.read_folder(folder, "", 0); !read) return std::unexpected(read.error());
  std::ranges::sort(reader.copy.entries, {}, &FolderEntry::path);
  return std::move(reader.copy);
}

Expected<void> place_folder(const FolderCopy& copy, int folder, uid_t owner) {
  for (const FolderEntry& entry : copy.entries) {
    if (auto placed = place_entry(entry, folder, owner); !placed) return placed;
  }
  return {};
}

}  // namespace ipcgrade
