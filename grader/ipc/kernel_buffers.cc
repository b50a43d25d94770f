#include "ipc/kernel_buffers.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>

namespace ipcgrade {
namespace {

enum class Sort : std::uint8_t { kText, kRead, kWritten, kWrittenUpTo };

/// An argument that points to what the kernel reads or writes.
struct Pointer {
  long call;
  std::uint8_t argument;
  Sort sort = Sort::kText;
  std::uint16_t size = 0;  ///< kWrittenUpTo: the argument that says it
};

constexpr std::uint16_t kActionSize = 32;  // struct sigaction of the kernel

constexpr std::array kPointers{
    Pointer{SYS_open, 0},
    Pointer{SYS_creat, 0},
    Pointer{SYS_stat, 0},
    Pointer{SYS_lstat, 0},
    Pointer{SYS_access, 0},
    Pointer{SYS_mkdir, 0},
    Pointer{SYS_mknod, 0},
    Pointer{SYS_rmdir, 0},
    Pointer{SYS_unlink, 0},
    Pointer{SYS_chdir, 0},
    Pointer{SYS_chmod, 0},
    Pointer{SYS_chown, 0},
    Pointer{SYS_lchown, 0},
    Pointer{SYS_truncate, 0},
    Pointer{SYS_readlink, 0},
    Pointer{SYS_statfs, 0},
    Pointer{SYS_utime, 0},
    Pointer{SYS_utimes, 0},
    Pointer{SYS_symlink, 0},
    Pointer{SYS_symlink, 1},
    Pointer{SYS_link, 0},
    Pointer{SYS_link, 1},
    Pointer{SYS_rename, 0},
    Pointer{SYS_rename, 1},
    Pointer{SYS_execve, 0},
    Pointer{SYS_memfd_create, 0},
    Pointer{SYS_openat, 1},
    Pointer{SYS_openat2, 1},
    Pointer{SYS_newfstatat, 1},
    Pointer{SYS_statx, 1},
    Pointer{SYS_mkdirat, 1},
    Pointer{SYS_mknodat, 1},
    Pointer{SYS_unlinkat, 1},
    Pointer{SYS_readlinkat, 1},
    Pointer{SYS_faccessat, 1},
    Pointer{SYS_faccessat2, 1},
    Pointer{SYS_fchmodat, 1},
    Pointer{SYS_fchownat, 1},
    Pointer{SYS_utimensat, 1},
    Pointer{SYS_futimesat, 1},
    Pointer{SYS_symlinkat, 0},
    Pointer{SYS_symlinkat, 2},
    Pointer{SYS_linkat, 1},
    Pointer{SYS_linkat, 3},
    Pointer{SYS_renameat, 1},
    Pointer{SYS_renameat, 3},
    Pointer{SYS_renameat2, 1},
    Pointer{SYS_renameat2, 3},
    Pointer{SYS_rt_sigaction, 1, Sort::kRead, kActionSize},
    Pointer{SYS_prlimit64, 2, Sort::kRead, sizeof(rlimit)},
    Pointer{SYS_utime, 1, Sort::kRead, 16},
    Pointer{SYS_utimes, 1, Sort::kRead, 32},
    Pointer{SYS_utimensat, 2, Sort::kRead, 32},
    Pointer{SYS_stat, 1, Sort::kWritten, sizeof(struct stat)},
    Pointer{SYS_lstat, 1, Sort::kWritten, sizeof(struct stat)},
    Pointer{SYS_fstat, 1, Sort::kWritten, sizeof(struct stat)},
    Pointer{SYS_newfstatat, 2, Sort::kWritten, sizeof(struct stat)},
    Pointer{SYS_statx, 4, Sort::kWritten, sizeof(struct statx)},
    Pointer{SYS_statfs, 1, Sort::kWritten, sizeof(struct statfs)},
    Pointer{SYS_fstatfs, 1, Sort::kWritten, sizeof(struct statfs)},
    Pointer{SYS_uname, 0, Sort::kWritten, sizeof(utsname)},
    Pointer{SYS_sysinfo, 0, Sort::kWritten, sizeof(struct sysinfo)},
    Pointer{SYS_pipe, 0, Sort::kWritten, 2 * sizeof(int)},
    Pointer{SYS_pipe2, 0, Sort::kWritten, 2 * sizeof(int)},
    Pointer{SYS_socketpair, 3, Sort::kWritten, 2 * sizeof(int)},
    Pointer{SYS_rt_sigaction, 2, Sort::kWritten, kActionSize},
    Pointer{SYS_prlimit64, 3, Sort::kWritten, sizeof(rlimit)},
    Pointer{SYS_readlink, 1, Sort::kWrittenUpTo, 2},
    Pointer{SYS_readlinkat, 2, Sort::kWrittenUpTo, 3},
    Pointer{SYS_getcwd, 0, Sort::kWrittenUpTo, 1},
    Pointer{SYS_getdents, 1, Sort::kWrittenUpTo, 2},
    Pointer{SYS_getdents64, 1, Sort::kWrittenUpTo, 2},
};

std::uint64_t length_of_text(const Machine& machine, const Task& task, std::uint64_t address) {
  constexpr std::uint64_t kMost = 4096;  // PATH_MAX
  std::uint64_t length = 0;
  while (length < kMost) {
    const auto byte = machine.peek_value<char>(task, address + length);
    if (!byte) break;
    ++length;
    if (*byte == '\0') break;
  }
  return length;
}

}  // namespace

std::vector<Touch> kernel_touches(const Machine& machine, const Task& task, const Call& call,
                                  std::optional<std::int64_t> result) {
  std::vector<Touch> touches;
  const Process& process = machine.process_of(task);
  if (process.mappings.empty() && process.watched.empty()) return touches;
  for (const Pointer& one : kPointers) {
    if (one.call != call.number) continue;
    const std::uint64_t address = call.arguments[one.argument];
    if (address == 0) continue;
    std::uint64_t size = one.size;
    if (one.sort == Sort::kText) {
      if (machine.mapping_at(task, address) == nullptr && process.watched.empty()) continue;
      size = length_of_text(machine, task, address);
    }
    const bool written = one.sort == Sort::kWritten || one.sort == Sort::kWrittenUpTo;
    if (written && result && *result < 0) continue;
    if (one.sort == Sort::kWrittenUpTo) {
      size = result ? static_cast<std::uint64_t>(*result) : call.arguments[one.size];
    }
    const auto some = machine.buffer_touches(task, address, size, written);
    touches.insert(touches.end(), some.begin(), some.end());
  }
  return touches;
}

std::optional<Buffer> buffer_of(const Call& call, std::int64_t result) {
  const auto [number, arguments] = call;
  const auto done = static_cast<std::uint64_t>(std::max<std::int64_t>(result, 0));
  constexpr std::uint64_t kType = sizeof(long);  // before the text of a System V message
  switch (number) {
    case SYS_read:
    case SYS_pread64:
    case SYS_recvfrom:
    case SYS_mq_timedreceive:
      return Buffer{arguments[1], arguments[1] + done, true};
    case SYS_write:
    case SYS_pwrite64:
    case SYS_sendto:
    case SYS_mq_timedsend:
      return Buffer{arguments[1], arguments[1] + arguments[2], false};
    case SYS_msgrcv:
      return Buffer{arguments[1], arguments[1] + (result < 0 ? 0 : kType + done), true};
    case SYS_msgsnd:
      return Buffer{arguments[1], arguments[1] + kType + arguments[2], false};
    default:
      return std::nullopt;
  }
}

}  // namespace ipcgrade
