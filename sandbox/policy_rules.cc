#include "sandbox/policy_rules.h"

#ifdef __x86_64__
#include <asm/prctl.h>
#endif
#include <linux/netlink.h>
#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <vector>

namespace sandbox {
namespace {

// Files, memory, processes, threads, pipes, futexes, locks, clocks, waiting. Operations on sockets
// are here, too: without socket(2) and socketpair(2) there is nothing to use them on.
constexpr std::array kBase{
    "_sysctl",
    "accept",
    "accept4",
    "access",
    "bind",
    "brk",
    "capget",
    "capset",
    "chdir",
    "chmod",
    "chown",
    "clock_getres",
    "clock_gettime",
    "clock_nanosleep",
    "close",
    "close_range",
    "connect",
    "copy_file_range",
    "creat",
    "dup",
    "dup2",
    "dup3",
    "epoll_create",
    "epoll_create1",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_pwait2",
    "epoll_wait",
    "eventfd",
    "eventfd2",
    "exit",
    "exit_group",
    "faccessat",
    "faccessat2",
    "fadvise64",
    "fallocate",
    "fchdir",
    "fchmod",
    "fchmodat",
    "fchown",
    "fchownat",
    "fcntl",
    "fdatasync",
    "fgetxattr",
    "flistxattr",
    "flock",
    "fork",
    "fremovexattr",
    "fsetxattr",
    "fstat",
    "fstatfs",
    "fsync",
    "ftruncate",
    "futex",
    "futex_waitv",
    "futimesat",
    "get_mempolicy",
    "get_robust_list",
    "get_thread_area",
    "getcpu",
    "getcwd",
    "getdents",
    "getdents64",
    "getegid",
    "geteuid",
    "getgid",
    "getgroups",
    "getitimer",
    "getpeername",
    "getpgid",
    "getpgrp",
    "getpid",
    "getppid",
    "getpriority",
    "getrandom",
    "getresgid",
    "getresuid",
    "getrlimit",
    "getrusage",
    "getsid",
    "getsockname",
    "getsockopt",
    "gettid",
    "gettimeofday",
    "getuid",
    "getxattr",
    "inotify_add_watch",
    "inotify_init",
    "inotify_init1",
    "inotify_rm_watch",
    "ioprio_get",
    "ioprio_set",
    "lchown",
    "lgetxattr",
    "link",
    "linkat",
    "listen",
    "listxattr",
    "llistxattr",
    "lremovexattr",
    "lseek",
    "lsetxattr",
    "lstat",
    "madvise",
    "membarrier",
    "memfd_create",
    "mincore",
    "mkdir",
    "mkdirat",
    "mknod",
    "mknodat",
    "mlock",
    "mlock2",
    "mlockall",
    "mmap",
    "mprotect",
    "mremap",
    "msync",
    "munlock",
    "munlockall",
    "munmap",
    "nanosleep",
    "newfstatat",
    "open",
    "openat",
    "openat2",
    "pause",
    "pipe",
    "pipe2",
    "pkey_alloc",
    "pkey_free",
    "pkey_mprotect",
    "poll",
    "ppoll",
    "pread64",
    "preadv",
    "preadv2",
    "pselect6",
    "pwrite64",
    "pwritev",
    "pwritev2",
    "read",
    "readahead",
    "readlink",
    "readlinkat",
    "readv",
    "recvfrom",
    "recvmmsg",
    "recvmsg",
    "remap_file_pages",
    "removexattr",
    "rename",
    "renameat",
    "renameat2",
    "restart_syscall",
    "rmdir",
    "rseq",
    "rt_sigaction",
    "rt_sigpending",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigsuspend",
    "rt_sigtimedwait",
    "sched_get_priority_max",
    "sched_get_priority_min",
    "sched_getaffinity",
    "sched_getattr",
    "sched_getparam",
    "sched_getscheduler",
    "sched_rr_get_interval",
    "sched_setaffinity",
    "sched_setattr",
    "sched_setparam",
    "sched_setscheduler",
    "sched_yield",
    "select",
    "sendfile",
    "sendmmsg",
    "sendmsg",
    "sendto",
    "set_robust_list",
    "set_thread_area",
    "set_tid_address",
    "setfsgid",
    "setfsuid",
    "setgid",
    "setgroups",
    "setpgid",
    "setpriority",
    "setregid",
    "setresgid",
    "setresuid",
    "setreuid",
    "setrlimit",
    "setsid",
    "setsockopt",
    "setuid",
    "setxattr",
    "shutdown",
    "sigaltstack",
    "splice",
    "stat",
    "statfs",
    "statx",
    "symlink",
    "symlinkat",
    "sync",
    "sync_file_range",
    "syncfs",
    "sysinfo",
    "tee",
    "time",
    "times",
    "truncate",
    "umask",
    "uname",
    "unlink",
    "unlinkat",
    "utime",
    "utimensat",
    "utimes",
    "vfork",
    "vmsplice",
    "wait4",
    "waitid",
    "write",
    "writev",
};

struct Member {
  std::string_view group;
  const char* call;
};
constexpr std::array kMembers{
    Member{"sysv-shared-memory", "shmget"},
    Member{"sysv-shared-memory", "shmat"},
    Member{"sysv-shared-memory", "shmctl"},
    Member{"sysv-shared-memory", "shmdt"},
    Member{"sysv-semaphores", "semget"},
    Member{"sysv-semaphores", "semop"},
    Member{"sysv-semaphores", "semtimedop"},
    Member{"sysv-semaphores", "semctl"},
    Member{"sysv-queues", "msgget"},
    Member{"sysv-queues", "msgsnd"},
    Member{"sysv-queues", "msgrcv"},
    Member{"sysv-queues", "msgctl"},
    Member{"posix-ipc", "mq_open"},
    Member{"posix-ipc", "mq_unlink"},
    Member{"posix-ipc", "mq_timedsend"},
    Member{"posix-ipc", "mq_timedreceive"},
    Member{"posix-ipc", "mq_notify"},
    Member{"posix-ipc", "mq_getsetattr"},
    Member{"signals", "signalfd"},
    Member{"signals", "signalfd4"},
    Member{"signals", "pidfd_open"},
    Member{"timers", "alarm"},
    Member{"timers", "setitimer"},
    Member{"timers", "timer_create"},
    Member{"timers", "timer_settime"},
    Member{"timers", "timer_gettime"},
    Member{"timers", "timer_getoverrun"},
    Member{"timers", "timer_delete"},
    Member{"timers", "timerfd_create"},
    Member{"timers", "timerfd_settime"},
    Member{"timers", "timerfd_gettime"},
    Member{"exec", "execve"},
    Member{"exec", "execveat"},
    Member{"peer-memory", "process_vm_readv"},
    Member{"peer-memory", "process_vm_writev"},
};

// Attack surface that no lab needs. io_uring is not among them: it is unknown (ENOSYS), so that
// libraries which try it fall back.
constexpr std::array kKernelCalls{
    "acct",
    "add_key",
    "adjtimex",
    "bpf",
    "chroot",
    "clock_adjtime",
    "clock_settime",
    "delete_module",
    "fanotify_init",
    "finit_module",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "init_module",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "migrate_pages",
    "modify_ldt",
    "mount",
    "mount_setattr",
    "move_mount",
    "move_pages",
    "open_by_handle_at",
    "open_tree",
    "perf_event_open",
    "pidfd_getfd",
    "pivot_root",
    "process_madvise",
    "process_mrelease",
    "ptrace",
    "quotactl",
    "quotactl_fd",
    "reboot",
    "request_key",
    "seccomp",
    "setdomainname",
    "sethostname",
    "setns",
    "settimeofday",
    "swapoff",
    "swapon",
    "syslog",
    "umount2",
    "unshare",
    "userfaultfd",
    "vhangup",
};

constexpr scmp_arg_cmp equals(unsigned argument, std::uint64_t value) {
  // The upper half of a register that holds an int is not defined: compare the lower half.
  return {argument, SCMP_CMP_MASKED_EQ, 0xffffffffULL, value};
}
constexpr scmp_arg_cmp differs(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_NE, value, 0};
}
constexpr scmp_arg_cmp has_bits(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

void add_clone(std::vector<PolicyRule>& rules) {
  constexpr std::array<std::uint64_t, 7> kNamespaces{CLONE_NEWNS,  CLONE_NEWCGROUP, CLONE_NEWUTS,
                                                     CLONE_NEWIPC, CLONE_NEWUSER,   CLONE_NEWPID,
                                                     CLONE_NEWNET};
  std::uint64_t all = 0;
  for (const std::uint64_t bit : kNamespaces) {
    rules.push_back({kKernelGroup.name, "clone", {has_bits(0, bit, bit)}});
    all |= bit;
  }
  rules.push_back({kBaseGroup, "clone", {has_bits(0, all, 0)}});
  // There is no rule for clone3, whose flags are behind a pointer: it is unknown (ENOSYS), and the
  // C library falls back to clone.
}

/// A socket to the kernel itself. The C library makes one of NETLINK_ROUTE for mq_notify with
/// SIGEV_THREAD: the kernel's word comes through it. Elsewhere getifaddrs and getaddrinfo try that
/// one, and do without.
void add_netlink(std::vector<PolicyRule>& rules, const char* call) {
  const scmp_arg_cmp netlink = equals(0, AF_NETLINK);
  rules.push_back({"posix-ipc",
                   call,
                   {netlink, equals(2, NETLINK_ROUTE)},
                   RuleAction::kAllowElseDeny,
                   EAFNOSUPPORT});
  static_assert(NETLINK_ROUTE == 0 && MAX_LINKS == 32);
  for (const std::uint64_t bit : {1U, 2U, 4U, 8U, 16U}) {
    rules.push_back(
        {kBaseGroup, call, {netlink, has_bits(2, bit, bit)}, RuleAction::kDeny, EAFNOSUPPORT});
  }
}

/// For socketpair, too: the kernel loads a family's module before it says that it has no pairs.
void add_socket(std::vector<PolicyRule>& rules, const char* call) {
  constexpr unsigned kLastDomain = 45;  // AF_MCTP; later ones are unknown
  for (unsigned domain = 0; domain <= kLastDomain; ++domain) {
    const std::vector conditions{equals(0, domain)};
    if (domain == AF_UNIX) {
      rules.push_back({"local-sockets", call, conditions});
    } else if (domain == AF_NETLINK) {
      add_netlink(rules, call);
    } else if (domain == AF_INET || domain == AF_INET6) {
      rules.push_back({"network", call, conditions});
    } else {
      rules.push_back({kKernelGroup.name, call, conditions});
    }
  }
}

void add_signals(std::vector<PolicyRule>& rules) {
  struct Sender {
    const char* call;
    unsigned argument;  ///< which holds the signal
    std::string_view group;
  };
  // tgkill and tkill are in the base group: raise and abort are made of them.
  constexpr std::array kSenders{
      Sender{"kill", 1, "signals"},
      Sender{"rt_sigqueueinfo", 1, "signals"},
      Sender{"rt_tgsigqueueinfo", 2, "signals"},
      Sender{"pidfd_send_signal", 1, "signals"},
      Sender{"tkill", 1, kBaseGroup},
      Sender{"tgkill", 2, kBaseGroup},
  };
  // The kernel itself sends SIGXFSZ at the file size limit and SIGSYS for a call of another
  // architecture. Only by knowing that no process sent it can an end by it be told as that. The two
  // are watched together with two neighbours: 25, 27, 29 and 31 are the numbers whose bits, but for
  // the second and third, are 11001; any other number has one of these bits otherwise.
  constexpr std::uint64_t kBits = 0xfffffff9;
  static_assert((SIGXFSZ & kBits) == 25 && (SIGSYS & kBits) == 25);
  for (const Sender& sender : kSenders) {
    rules.push_back(
        {sender.group, sender.call, {has_bits(sender.argument, kBits, 25)}, RuleAction::kWatch});
    for (const std::uint64_t bit : {1U, 8U, 16U}) {
      rules.push_back({sender.group, sender.call, {has_bits(sender.argument, bit, 0)}});
    }
    for (const std::uint64_t bit : {32U, 64U}) {
      rules.push_back({sender.group, sender.call, {has_bits(sender.argument, bit, bit)}});
    }
  }
}

/// What types into a terminal, or pastes: the words would be read by whoever sits there. The kernel
/// looks at the lower half of the register only (CVE-2019-10063), and so do these.
void add_ioctl(std::vector<PolicyRule>& rules) {
  constexpr std::uint64_t kRequest = 0xffffffff;
  for (const std::uint64_t typed : {TIOCSTI, TIOCLINUX}) {
    rules.push_back(
        {kBaseGroup, "ioctl", {has_bits(1, kRequest, typed)}, RuleAction::kDeny, EPERM});
  }
  // All others: they have a bit that both have otherwise, or another mixture of the three bits in
  // which the two differ.
  constexpr std::uint64_t kDiffers = TIOCSTI ^ TIOCLINUX;
  for (std::uint64_t bit = 1; bit <= kRequest; bit <<= 1) {
    if ((bit & kDiffers) != 0) continue;
    rules.push_back({kBaseGroup, "ioctl", {has_bits(1, bit, ~TIOCSTI & bit)}});
  }
  for (std::uint64_t mixture = kDiffers; mixture != 0; mixture = (mixture - 1) & kDiffers) {
    const std::uint64_t request = TIOCSTI ^ mixture;
    if (request == TIOCLINUX) continue;
    rules.push_back({kBaseGroup, "ioctl", {has_bits(1, kRequest, request)}});
  }
}

void add_prctl(std::vector<PolicyRule>& rules) {
  // What the others do has no use in a box; they are unknown.
  for (const int option :
       {PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_DUMPABLE, PR_SET_NAME,
        PR_GET_NAME, PR_GET_SECCOMP, PR_CAPBSET_READ, PR_SET_TIMERSLACK, PR_GET_TIMERSLACK,
        PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS,
        PR_SET_THP_DISABLE, PR_GET_THP_DISABLE, PR_GET_TSC, PR_SET_TSC}) {
    rules.push_back({kBaseGroup, "prctl", {equals(0, static_cast<std::uint64_t>(option))}});
  }
  rules.push_back({kKernelGroup.name, "prctl", {equals(0, PR_SET_SECCOMP)}});
#ifdef __x86_64__
  // Not the one that brings back the vDSO, whose clock a held program has not.
  for (const int option : {ARCH_SET_GS, ARCH_SET_FS, ARCH_GET_FS, ARCH_GET_GS, ARCH_GET_CPUID,
                           ARCH_GET_XCOMP_SUPP, ARCH_GET_XCOMP_PERM, ARCH_REQ_XCOMP_PERM}) {
    rules.push_back({kBaseGroup, "arch_prctl", {equals(0, static_cast<std::uint64_t>(option))}});
  }
#endif
}

std::vector<PolicyRule> make_rules() {
  std::vector<PolicyRule> rules;
  for (const char* call : kBase) rules.push_back({kBaseGroup, call});
  for (const Member& member : kMembers) rules.push_back({member.group, member.call});
  for (const char* call : kKernelCalls) rules.push_back({kKernelGroup.name, call});
  add_clone(rules);
  add_socket(rules, "socket");
  add_socket(rules, "socketpair");
  add_signals(rules);
  add_ioctl(rules);
  add_prctl(rules);
  // The keeper's init may have the same user id: no limits may be set for it.
  rules.push_back({kBaseGroup, "prlimit64", {equals(0, 0)}});
  rules.push_back({kBaseGroup, "prlimit64", {differs(0, 0)}, RuleAction::kDeny, EPERM});
  // Asking is allowed; setting could switch off address space randomisation for setuid programs.
  rules.push_back({kBaseGroup, "personality", {equals(0, 0xffffffff)}});
  rules.push_back({kBaseGroup, "personality", {equals(0, 0)}});
  return rules;
}

}  // namespace

std::span<const PolicyRule> policy_rules() {
  static const std::vector<PolicyRule> kRules = make_rules();
  return kRules;
}

bool holds(const PolicyRule& rule, std::span<const std::uint64_t> arguments) {
  return std::ranges::all_of(rule.conditions, [&](const scmp_arg_cmp& condition) {
    const std::uint64_t argument = arguments[condition.arg];
    if (condition.op == SCMP_CMP_NE) return argument != condition.datum_a;
    return (argument & condition.datum_a) == condition.datum_b;
  });
}

}  // namespace sandbox
