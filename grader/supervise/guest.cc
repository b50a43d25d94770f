#include "supervise/guest.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <string>

#include "sandbox/bare_root.h"
#include "sandbox/fd.h"

namespace ipcgrade {

/// A file that tasks map. Never touched past its end, where the kernel would send us SIGBUS: its
/// size is asked for each time, and while we look nobody runs who could change it.
struct Guest::Mapped {
  sandbox::Fd file;
  bool is_writable = false;  ///< by that descriptor
  std::byte* memory = nullptr;
  std::size_t mapped = 0;

  Mapped() = default;
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  ~Mapped() {
    if (memory != nullptr) ::munmap(memory, mapped);
  }

  std::span<std::byte> bytes() {
    constexpr std::size_t kPage = 4096;
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return {};
    const std::size_t size = (static_cast<std::size_t>(status.st_size) + kPage - 1) / kPage * kPage;
    if (size > mapped) {
      if (memory != nullptr) ::munmap(memory, mapped);
      const int protection = is_writable ? PROT_READ | PROT_WRITE : PROT_READ;
      void* made = ::mmap(nullptr, size, protection, MAP_SHARED, file.get(), 0);
      memory = made == MAP_FAILED ? nullptr : static_cast<std::byte*>(made);
      mapped = memory == nullptr ? 0 : size;
    }
    return {memory, std::min(size, mapped)};
  }
};

Guest::~Guest() = default;

void Guest::set_tracee(TaskId task, Tracee tracee) {
  tracees_.resize(std::max<std::size_t>(tracees_.size(), task + 1UL), Tracee(0));
  tracees_[task] = tracee;
}

bool Guest::read(TaskId task, std::uint64_t address, std::span<std::byte> into) {
  return task < tracees_.size() && tracees_[task].read(address, into);
}
bool Guest::write(TaskId task, std::uint64_t address, std::span<const std::byte> bytes) {
  return task < tracees_.size() && tracees_[task].write(address, bytes);
}
std::span<std::byte> Guest::allocate(std::uint64_t size, std::uint64_t& place) {
  return arena_.allocate(size, place);
}

std::optional<GuestMemory::File> Guest::map_file(TaskId task, int descriptor) {
  const std::string link =
      "/proc/" + std::to_string(tracees_[task].pid()) + "/fd/" + std::to_string(descriptor);
  const auto viewing = box_.as_viewer();
  // Through the link of /proc the file itself is opened, wherever its name leads by now.
  sandbox::Fd file(::open(link.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  const bool is_writable = static_cast<bool>(file);
  if (!file) file = sandbox::Fd(::open(link.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  // What nobody can change needs no looking at: the C library maps its tables so (gconv).
  struct statvfs system {};
  if (::fstatvfs(file.get(), &system) == 0 && (system.f_flag & ST_RDONLY) != 0) return std::nullopt;
  File made;
  made.identity = status.st_ino ^ (static_cast<std::uint64_t>(status.st_dev) << 40);
  std::array<char, 256> name{};
  const ssize_t size = ::readlink(link.c_str(), name.data(), name.size() - 1);
  if (size > 0) made.path.assign(name.data(), static_cast<std::size_t>(size));
  if (!box_.moved_to().empty()) {
    // The system's files are not on mounts of their own there, and changed by nobody all the same.
    const std::string inside = sandbox::text_inside(box_.moved_to(), made.path);
    const bool is_named = made.path.starts_with("/") && !made.path.starts_with("/memfd:");
    if (is_named && inside == made.path) return std::nullopt;
    made.path = inside;
  }
  auto& mapped = files_[made.identity];
  if (!mapped) {
    mapped = std::make_shared<Mapped>();
    mapped->file = std::move(file);
    mapped->is_writable = is_writable;
  }
  made.bytes = [mapped] { return mapped->bytes(); };
  return made;
}

std::optional<std::int64_t> Guest::file_position(TaskId task, int descriptor, int whence) {
  const std::string process = "/proc/" + std::to_string(tracees_[task].pid());
  const std::string number = std::to_string(descriptor);
  const auto viewing = box_.as_viewer();
  if (whence == SEEK_END) {
    struct stat status {};
    if (::stat((process + "/fd/" + number).c_str(), &status) != 0) return std::nullopt;
    return status.st_size;
  }
  // proc(5): its first line is "pos:" and the offset.
  std::ifstream file(process + "/fdinfo/" + number);
  std::string word;
  std::int64_t position = 0;
  if (!(file >> word >> position) || word != "pos:") return std::nullopt;
  return position;
}

}  // namespace ipcgrade
