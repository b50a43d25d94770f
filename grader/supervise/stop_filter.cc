#include "supervise/stop_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>

namespace ipcgrade {
namespace {

// Calls on a descriptor are not among them, even where they only look: its number may be the
// arena's, which is not the program's. Nor are those that a policy may refuse.
constexpr std::array<long, 35> kHarmless{
    SYS_brk,
    SYS_madvise,
    SYS_mincore,
    SYS_membarrier,
    SYS_mlock,
    SYS_mlock2,
    SYS_mlockall,
    SYS_munlock,
    SYS_munlockall,
    SYS_rseq,
    SYS_umask,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getresuid,
    SYS_getresgid,
    SYS_getgroups,
    SYS_setuid,
    SYS_setgid,
    SYS_capget,
    SYS_getpriority,
    SYS_setpriority,
    SYS_sigaltstack,
    SYS_getcpu,
    SYS_sched_get_priority_max,
    SYS_getrlimit,
    SYS_setrlimit,
    SYS_clock_getres,
    SYS_sched_get_priority_min,
    SYS_getrusage,
    SYS_sched_getparam,
    SYS_sched_getscheduler,
    SYS_sched_getaffinity,
    SYS_get_thread_area,
};

constexpr sock_filter statement(unsigned code, std::uint32_t value) {
  return {static_cast<std::uint16_t>(code), 0, 0, value};
}
constexpr sock_filter jump(std::uint32_t value, std::uint8_t if_equal, std::uint8_t otherwise) {
  return {BPF_JMP | BPF_JEQ | BPF_K, if_equal, otherwise, value};
}

}  // namespace

bool is_harmless(long call) { return std::ranges::find(kHarmless, call) != kHarmless.end(); }

std::vector<sock_filter> stop_filter(const sandbox::Policy& policy, std::uint32_t open_files) {
  std::vector<sock_filter> program;
  constexpr std::size_t kHead = 4;
  constexpr std::size_t kClose = 5;
  const std::size_t skipped = 2 + kClose + 2 * kHarmless.size();
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)));
  program.push_back(jump(AUDIT_ARCH_X86_64, 1, 0));
  program.push_back(statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(skipped - 1)));
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  static_assert(kHead == 4);
  // Many close whatever there may be, up to numbers that nobody can have.
  program.push_back(jump(SYS_close, 0, kClose - 1));
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)));
  program.push_back({BPF_JMP | BPF_JGE | BPF_K, 0, 1, open_files});
  program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EBADF));
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  for (const long call : kHarmless) {
    program.push_back(jump(static_cast<std::uint32_t>(call), 0, 1));
    program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  for (sock_filter one : policy.program()) {
    const bool returns =
        (one.code & (BPF_RET | BPF_K)) == (BPF_RET | BPF_K) && BPF_CLASS(one.code) == BPF_RET;
    if (returns && (one.k == SECCOMP_RET_ALLOW || one.k == SECCOMP_RET_USER_NOTIF)) {
      one.k = SECCOMP_RET_TRACE;
    }
    program.push_back(one);
  }
  return program;
}

}  // namespace ipcgrade
