// The grader's own descriptor in every held process (GuestMemory::arena_descriptor): to the program
// it is not open.
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/machine.h"
#include "ipc/mechanisms.h"

namespace ipcgrade {
namespace {

struct Use {
  long call;
  std::uint8_t first = 0;   ///< which arguments are descriptors
  std::uint8_t second = 0;  ///< the same as `first`: there is one
};

constexpr std::array kUses{
    Use{SYS_read},
    Use{SYS_write},
    Use{SYS_close},
    Use{SYS_fstat},
    Use{SYS_lseek},
    Use{SYS_mmap, 4, 4},
    Use{SYS_ioctl},
    Use{SYS_pread64},
    Use{SYS_pwrite64},
    Use{SYS_readv},
    Use{SYS_writev},
    Use{SYS_preadv},
    Use{SYS_pwritev},
    Use{SYS_preadv2},
    Use{SYS_pwritev2},
    Use{SYS_dup},
    Use{SYS_dup2},
    Use{SYS_dup3},
    Use{SYS_fcntl},
    Use{SYS_flock},
    Use{SYS_fsync},
    Use{SYS_fdatasync},
    Use{SYS_ftruncate},
    Use{SYS_fallocate},
    Use{SYS_getdents},
    Use{SYS_getdents64},
    Use{SYS_fchdir},
    Use{SYS_fchmod},
    Use{SYS_fchown},
    Use{SYS_fadvise64},
    Use{SYS_readahead},
    Use{SYS_sync_file_range},
    Use{SYS_syncfs},
    Use{SYS_fstatfs},
    Use{SYS_fgetxattr},
    Use{SYS_fsetxattr},
    Use{SYS_flistxattr},
    Use{SYS_fremovexattr},
    Use{SYS_openat},
    Use{SYS_openat2},
    Use{SYS_newfstatat},
    Use{SYS_statx},
    Use{SYS_mkdirat},
    Use{SYS_mknodat},
    Use{SYS_unlinkat},
    Use{SYS_symlinkat, 1, 1},
    Use{SYS_linkat, 0, 2},
    Use{SYS_renameat, 0, 2},
    Use{SYS_renameat2, 0, 2},
    Use{SYS_readlinkat},
    Use{SYS_faccessat},
    Use{SYS_faccessat2},
    Use{SYS_fchmodat},
    Use{SYS_fchownat},
    Use{SYS_utimensat},
    Use{SYS_futimesat},
    Use{SYS_execveat},
    Use{SYS_sendfile, 0, 1},
    Use{SYS_copy_file_range, 0, 2},
    Use{SYS_splice, 0, 2},
    Use{SYS_tee, 0, 1},
    Use{SYS_vmsplice},
    Use{SYS_epoll_ctl, 0, 2},
    Use{SYS_epoll_wait},
    Use{SYS_epoll_pwait},
    Use{SYS_accept},
    Use{SYS_accept4},
    Use{SYS_bind},
    Use{SYS_listen},
    Use{SYS_connect},
    Use{SYS_sendto},
    Use{SYS_sendmsg},
    Use{SYS_recvfrom},
    Use{SYS_recvmsg},
    Use{SYS_shutdown},
    Use{SYS_getsockopt},
    Use{SYS_setsockopt},
    Use{SYS_getsockname},
    Use{SYS_getpeername},
    Use{SYS_signalfd4},
    Use{SYS_timerfd_settime},
    Use{SYS_timerfd_gettime},
    Use{SYS_pidfd_send_signal},
};

std::unique_ptr<Operation> decode(Machine& machine, Task&, const Call& call) {
  const int own = machine.memory().arena_descriptor();
  if (own < 0) return nullptr;
  const auto use = std::ranges::find(kUses, call.number, &Use::call);
  if (int_at(call, use->first) != own && int_at(call, use->second) != own) return nullptr;
  if (call.number == SYS_mmap && (call.arguments[3] & MAP_ANONYMOUS) != 0) return nullptr;
  return done_at_once(fmt::format("a call on descriptor {}", own), -EBADF);
}

constexpr std::array kCalls = [] {
  std::array<long, kUses.size()> numbers{};
  for (std::size_t i = 0; i < kUses.size(); ++i) numbers[i] = kUses[i].call;
  return numbers;
}();

}  // namespace

const Mechanism kGraderDescriptorMechanism{"the grader's descriptor", kCalls, decode};

}  // namespace ipcgrade
