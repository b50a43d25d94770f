#include "sandbox/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <memory>

namespace sandbox {
namespace {

Expected<void> read_to_end(int fd, std::string& bytes, std::uint64_t most) {
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return from_errno("read");
    if (got == 0) return {};
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
    if (bytes.size() > most) return failure("larger than " + std::to_string(most) + " bytes");
  }
}

/// What a path is that is no regular file.
const char* what_it_is(mode_t mode) {
  if (S_ISDIR(mode)) return "is a folder";
  if (S_ISFIFO(mode)) return "is a FIFO";
  return "is not a regular file";
}

Expected<std::string> read_opened(int fd, std::uint64_t most) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return from_errno("fstat");
  if (!S_ISREG(status.st_mode)) return failure(what_it_is(status.st_mode));
  if (static_cast<std::uint64_t>(status.st_size) > most) {
    return failure("has " + std::to_string(status.st_size) + " bytes; at most " +
                   std::to_string(most) + " are taken");
  }
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(status.st_size));
  if (auto done = read_to_end(fd, bytes, most); !done) return std::unexpected(done.error());
  return bytes;
}

}  // namespace

bool is_of_the_machine(int error_number) {
  return error_number == EMFILE || error_number == ENFILE || error_number == ENOMEM ||
         error_number == EIO || error_number == EAGAIN || error_number == EINTR;
}

Expected<std::string> read_kernel_file(int directory, const char* path) {
  const Fd fd(::openat(directory, path, O_RDONLY | O_CLOEXEC));
  if (!fd) return from_errno(path);
  std::string bytes;
  if (auto done = read_to_end(fd.get(), bytes, UINT64_MAX); !done) {
    return std::unexpected(done.error().within(path));
  }
  return bytes;
}

Expected<std::vector<std::string>> names_in(int directory, const char* path) {
  const int folder = ::openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return from_errno(path);
  const std::unique_ptr<DIR, decltype([](DIR* stream) { ::closedir(stream); })> stream(
      ::fdopendir(folder));
  if (!stream) {
    ::close(folder);
    return from_errno("fdopendir");
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;  // tells an error from the end
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr && errno != 0) return from_errno(path);
    if (entry == nullptr) return names;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
}

Expected<std::vector<std::string>> numbers_in(int directory, const char* path) {
  auto names = names_in(directory, path);
  if (!names) return names;
  std::erase_if(*names, [](const std::string& name) {
    return name.find_first_not_of("0123456789") != std::string::npos;
  });
  return names;
}

Expected<void> write_kernel_file(int directory, const char* path, std::string_view text) {
  const Fd fd(::openat(directory, path, O_WRONLY | O_CLOEXEC));
  if (!fd || ::write(fd.get(), text.data(), text.size()) < 0) return from_errno(path);
  return {};
}

Expected<std::string> read_regular_file(int directory, const std::string& path,
                                        std::uint64_t most) {
  // O_NONBLOCK: opening a FIFO that nobody writes must not wait.
  const Fd fd(::openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd && errno == ELOOP) return failure("is a symbolic link");
  const auto not_opened = from_errno("open");
  if (fd) return read_opened(fd.get(), most);
  // Of sockets and devices that can't be opened it is told what they are, and not an errno.
  struct stat status {};
  if (::fstatat(directory, path.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return not_opened;
  // A folder or file that may not be read.
  if (S_ISDIR(status.st_mode) || S_ISREG(status.st_mode)) return not_opened;
  return failure(what_it_is(status.st_mode));
}

Fd open_in_root(int root, const char* path, unsigned flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  // EAGAIN for a path with ".." says only that something was renamed or mounted meanwhile, anywhere
  // on the machine. The bound is for a kernel that would say it for ever.
  constexpr int kMostTries = 10'000;
  for (int tries = 1;; ++tries) {
    Fd opened(static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how)));
    if (opened || errno != EAGAIN || tries == kMostTries) return opened;
  }
}

Expected<std::string> read_file_in_box(int root, const std::string& path, int folder,
                                       std::uint64_t most) {
  // Looked at before it is opened: opening a device or a file of /proc may do something.
  const Fd found = open_in_root(root, path.c_str(), O_PATH);
  if (!found) {
    const auto not_found = from_errno("open");
    struct stat link {};
    const bool is_link = ::fstatat(root, path.c_str(), &link, AT_SYMLINK_NOFOLLOW) == 0;
    return is_link ? failure("is a symbolic link that leads nowhere") : not_found;
  }
  struct stat status {};
  struct stat wanted {};
  if (::fstat(found.get(), &status) != 0 || ::fstat(folder, &wanted) != 0) {
    return from_errno("fstat");
  }
  if (status.st_dev != wanted.st_dev) return failure("is a symbolic link out of the folder");
  if (!S_ISREG(status.st_mode)) return failure(what_it_is(status.st_mode));
  Fd fd = open_in_root(root, path.c_str(), O_RDONLY);
  if (!fd && errno == EACCES) {
    // Nobody may read it, which stops all but root: it is to be the same for whoever grades.
    const std::string itself = "/proc/self/fd/" + std::to_string(found.get());
    if (::chmod(itself.c_str(), (status.st_mode & 07777) | S_IRUSR) != 0)
      return from_errno("chmod");
    fd = open_in_root(root, path.c_str(), O_RDONLY);
  }
  if (!fd) return from_errno("open");
  return read_opened(fd.get(), most);
}

Expected<void> make_file(int directory, const std::string& path, std::string_view bytes,
                         unsigned mode, std::optional<uid_t> owner) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::string folder = path.substr(0, slash);
    if (::mkdirat(directory, folder.c_str(), 0755) != 0) {
      if (errno == EEXIST) continue;
      return from_errno("mkdir " + folder);
    }
    if (owner && ::fchownat(directory, folder.c_str(), *owner, *owner, 0) != 0) {
      return from_errno("chown " + folder);
    }
  }
  const Fd fd(::openat(directory, path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return from_errno("create " + path);
  if (auto done = write_all(fd.get(), bytes); !done) {
    return std::unexpected(done.error().within(path));
  }
  if (owner && ::fchown(fd.get(), *owner, *owner) != 0) return from_errno("chown " + path);
  // Not through open's mode: the caller's umask has no say in what is in a box.
  if (::fchmod(fd.get(), static_cast<mode_t>(mode)) != 0) return from_errno("chmod " + path);
  return {};
}

Fd lock_folder(const char* path) {
  Fd folder(::open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder || ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) return {};
  // It may have been removed before it was locked.
  struct stat named {};
  struct stat locked {};
  if (::stat(path, &named) != 0 || ::fstat(folder.get(), &locked) != 0) return {};
  return named.st_ino == locked.st_ino ? std::move(folder) : Fd();
}

Expected<void> empty_folder(int folder) {
  // A folder's own folders move up before it goes: neither stack nor descriptors for each level.
  unsigned moved = 0;
  const auto move_up = [&](int from, const std::string& name) {
    constexpr int kMostTaken = 1000;  // its owner may have thought of these names
    for (int tries = 0; tries < kMostTaken; ++tries) {
      const std::string to = "." + std::to_string(moved++);
      if (::renameat2(from, name.c_str(), folder, to.c_str(), RENAME_NOREPLACE) == 0) return true;
      if (errno != EEXIST) return false;
    }
    return false;
  };
  for (bool more = true; more;) {
    more = false;
    for (const std::string& name : names_in(folder, ".").value_or(std::vector<std::string>())) {
      if (::unlinkat(folder, name.c_str(), 0) == 0) continue;
      if (::unlinkat(folder, name.c_str(), AT_REMOVEDIR) == 0) continue;
      struct stat status {};
      if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
      if (!S_ISDIR(status.st_mode)) continue;
      (void)::fchmodat(folder, name.c_str(), 0700, 0);
      const Fd inner(
          ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!inner) continue;
      for (const std::string& one :
           names_in(inner.get(), ".").value_or(std::vector<std::string>())) {
        if (::unlinkat(inner.get(), one.c_str(), 0) == 0) continue;
        if (::unlinkat(inner.get(), one.c_str(), AT_REMOVEDIR) == 0) continue;
        // To move a folder to another changes its "..": its owner has to be able to write to it.
        (void)::fchmodat(inner.get(), one.c_str(), 0700, 0);
        more = move_up(inner.get(), one) || more;
      }
      (void)::unlinkat(folder, name.c_str(), AT_REMOVEDIR);
    }
  }
  const auto left = names_in(folder, ".");
  if (!left) return std::unexpected(left.error());
  return left->empty() ? Expected<void>{} : failure("what a program left there can't be removed");
}

Expected<Fd> anonymous_file(std::string_view bytes) {
  const Fd writable(::memfd_create("stdin", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!writable) return from_errno("memfd_create");
  if (auto done = write_all(writable.get(), bytes); !done) return std::unexpected(done.error());
  if (::fcntl(writable.get(), F_ADD_SEALS,
              F_SEAL_SEAL | F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK) != 0) {
    return from_errno("F_ADD_SEALS");
  }
  const std::string path = "/proc/self/fd/" + std::to_string(writable.get());
  Fd readable(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!readable) return from_errno(path);
  return readable;
}

Expected<Fd> input_with(std::string_view bytes) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return from_errno("pipe2");
  Fd readable(ends[0]);
  const Fd writable(ends[1]);
  const ssize_t wrote = bytes.empty() ? 0 : ::write(writable.get(), bytes.data(), bytes.size());
  if (wrote < 0 || static_cast<std::size_t>(wrote) < bytes.size()) return anonymous_file(bytes);
  // Another user opens it as /dev/stdin.
  if (::fchmod(readable.get(), 0666) != 0) return from_errno("fchmod");
  if (::fcntl(readable.get(), F_SETFL, 0) != 0) return from_errno("F_SETFL");
  return readable;
}

Expected<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return from_errno("write");
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

}  // namespace sandbox
