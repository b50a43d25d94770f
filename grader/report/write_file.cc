#include "report/write_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

#include "report/escape.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using sandbox::Expected;

constexpr int kMostLinks = 40;  // as the kernel
constexpr int kMostNames = 1000;

class OwnedFd {
 public:
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  ~OwnedFd() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  /// File systems on a network tell only now that the data did not arrive.
  [[nodiscard]] bool close() { return ::close(std::exchange(fd_, -1)) == 0 || errno == EINTR; }

 private:
  int fd_;
};

// Gone when its owner goes, but where it has been kept.
class TemporaryFile {
 public:
  TemporaryFile(fs::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!kept_) ::unlink(path_.c_str());
  }
  [[nodiscard]] OwnedFd& fd() { return fd_; }
  [[nodiscard]] bool rename_to(const fs::path& target) {
    kept_ = ::rename(path_.c_str(), target.c_str()) == 0;
    return kept_;
  }

 private:
  fs::path path_;
  OwnedFd fd_;
  bool kept_ = false;
};

std::string reason_for(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return "the disk is full";
    case EROFS:
      return "the file system is read-only";
    case ENOENT:
      return "there is no such folder";
    case ENOTDIR:
      return "a part of the path is not a folder";
    case EISDIR:
      return "it is a folder";
    case EACCES:
    case EPERM:
      return "not permitted to write there";
    case EFBIG:
      return "the file would be larger than it may be";
    default:
      return "cannot be written";
  }
}

std::unexpected<sandbox::Error> failure_of(const fs::path& path, int error_number) {
  return std::unexpected(
      sandbox::Error{fmt::format("write {}: {}", visible(path.native(), Newlines::kEscape),
                                 reason_for(error_number)),
                     error_number});
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// The number of the descriptor that a path such as /dev/stdout means. It may be open on a regular
// file (`> log`), and to replace that file, or to write from its start, would be wrong.
std::optional<int> descriptor_named(const fs::path& path) {
  const std::string& name = path.native();
  if (name == "/dev/stdout") return STDOUT_FILENO;
  if (name == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!name.starts_with(folder)) continue;
    int number = 0;
    const char* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + folder.size(), end, number);
    if (error == std::errc{} && stop == end) return number;
  }
  return std::nullopt;
}

// Where the path leads to in the end, which need not exist. Stops at the name of a descriptor.
fs::path followed(fs::path path) {
  for (int links = 0; links < kMostLinks && !descriptor_named(path); ++links) {
    std::error_code error;
    const fs::path target = fs::read_symlink(path, error);
    if (error) break;
    path = target.is_absolute() ? target : path.parent_path() / target;
  }
  return path;
}

Expected<void> write_directly(const fs::path& path, std::string_view text) {
  const std::optional<int> number = descriptor_named(path);
  OwnedFd fd(number ? ::fcntl(*number, F_DUPFD_CLOEXEC, 0)
                    : ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (fd.get() < 0 || !write_all(fd.get(), text) || !fd.close()) return failure_of(path, errno);
  return {};
}

// Beside the target, since a rename does not leave its file system. Not mkstemp(): that would give
// the report a mode of 0600 whatever the umask says.
int open_beside(const fs::path& target, fs::path& temporary) {
  for (int number = 0; number < kMostNames; ++number) {
    temporary = target.parent_path() / fmt::format(".ipcgrade-{}-{}.tmp", ::getpid(), number);
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

void sync_folder_of(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const OwnedFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems can't; the report is in place all the same.
  if (fd.get() >= 0) std::ignore = ::fsync(fd.get());
}

Expected<void> replace(const fs::path& target, const struct stat* old, std::string_view text) {
  // A rename would also replace a file that its owner has made read-only.
  if (old != nullptr && ::faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) != 0) {
    return failure_of(target, errno);
  }
  fs::path name;
  const int fd = open_beside(target, name);
  if (fd < 0) return failure_of(target, errno);
  TemporaryFile temporary(name, fd);
  if (old != nullptr) {
    // As root writes over a student's file it stays the student's. Others may not, and need not.
    std::ignore = ::fchown(fd, old->st_uid, old->st_gid);
    if (::fchmod(fd, old->st_mode & 07777) != 0) return failure_of(target, errno);
  }
  if (!write_all(fd, text) || ::fsync(fd) != 0 || !temporary.fd().close() ||
      !temporary.rename_to(target)) {
    return failure_of(target, errno);
  }
  sync_folder_of(target);
  return {};
}

}  // namespace

Expected<void> write_report(const fs::path& path, std::string_view text) {
  const fs::path target = followed(path);
  if (descriptor_named(target)) return write_directly(target, text);
  struct stat old {};
  if (::stat(target.c_str(), &old) != 0) {
    if (errno != ENOENT) return failure_of(path, errno);
    return replace(target, nullptr, text);
  }
  if (S_ISDIR(old.st_mode)) return failure_of(path, EISDIR);
  if (!S_ISREG(old.st_mode)) return write_directly(target, text);
  return replace(target, &old, text);
}

}  // namespace ipcgrade
