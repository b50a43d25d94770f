// From a fresh child of init to the command: every privilege goes, in an order in which each step
// still has what it needs. The filter is last.
// Sources: credentials(7), capabilities(7), seccomp(2).
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/init_parts.h"
#include "sandbox/resource_limits.h"

namespace sandbox {
namespace {

constexpr int kMostStrings = 4096;

/// One that may be less is what it can be, where it can't be raised.
int set_limits(const Plan& plan) {
  for (const ResourceLimit& one : resource_limits(plan)) {
    struct rlimit64 limit {
      one.value, one.value
    };
    if (syscall(SYS_prlimit64, 0, one.resource, &limit, nullptr) == 0) continue;
    if (!one.may_be_less || errno != EPERM) return -1;
    if (syscall(SYS_prlimit64, 0, one.resource, nullptr, &limit) != 0) return -1;
    limit.rlim_cur = limit.rlim_max;
    if (syscall(SYS_prlimit64, 0, one.resource, &limit, nullptr) != 0) return -1;
  }
  return 0;
}

/// The keeper's ignored signals would be inherited through exec, and init's mask.
void reset_signals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Init is spared from memory kills; a command is not.
void allow_memory_kills() {
  const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  [[maybe_unused]] const ssize_t wrote = write(file, "0", 1);
  close(file);
}

int take_files(std::span<const int> files) {
  for (int number = 0; number < 3; ++number) {
    if (dup2(files[static_cast<size_t>(number)], number) < 0) return -1;
  }
  return 0;  // everything else of init's is close-on-exec
}

int drop_user(const Plan& plan, uid_t user) {
  // In a user namespace the id is mapped already, and setgroups is denied there.
  if (!plan.another_user) return 0;
  if (syscall(SYS_setgroups, 0, nullptr) != 0) return -1;
  if (syscall(SYS_setresgid, user, user, user) != 0) return -1;
  return static_cast<int>(syscall(SYS_setresuid, user, user, user));
}

int drop_capabilities() {
  struct __user_cap_header_struct header {
    _LINUX_CAPABILITY_VERSION_3, 0
  };
  struct __user_cap_data_struct none[2]{};
  return static_cast<int>(syscall(SYS_capset, &header, none));
}

void drop_bounding_set() {
  // Needs CAP_SETPCAP, so before the capabilities go. An unknown capability ends the list.
  for (int capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; ++capability) {
  }
}

/// What a program prints of its addresses, and what an address that is wrong hits, is the same in
/// each run then (personality(2)). Some containers refuse it; that is known by now.
bool fix_addresses(const Plan& plan) {
  return personality(ADDR_NO_RANDOMIZE) >= 0 || !plan.fixed_addresses;
}

/// Lets the keeper's holder take this process by ptrace, and waits until he has.
int wait_for_holder(const StartContext& context, const Order& order) {
  // A copy of init, which can't be looked into; without privileges its holder needs leave.
  if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) return -1;
  const int self = static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0));
  if (self < 0) return -1;
  Report report;
  report.kind = Report::Kind::kHeld;
  report.command = order.command;
  if (!send_report(context.plan.control, report, {&self, 1})) return -1;
  close(self);
  char byte;
  ssize_t got = 0;
  do {
    got = read(context.files[5], &byte, 1);
  } while (got < 0 && errno == EINTR);
  return got == 0 ? 0 : -1;
}

/// Installs the filter and hands its listener to the keeper.
int install_filter(const StartContext& context, const Order& order) {
  struct stat status {};
  if (fstat(context.files[3], &status) != 0) return -1;
  const auto size = static_cast<size_t>(status.st_size);
  void* program = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, context.files[3], 0);
  if (program == MAP_FAILED) return -1;
  const struct sock_fprog filter {
    static_cast<unsigned short>(size / sizeof(sock_filter)), static_cast<sock_filter*>(program)
  };
  if (order.held) {
    return static_cast<int>(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter));
  }
  const int listener = static_cast<int>(
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter));
  if (listener < 0) return -1;
  Report report;
  report.kind = Report::Kind::kListening;
  report.command = order.command;
  report.pid = static_cast<std::int32_t>(getpid());
  if (!send_report(context.plan.control, report, {&listener, 1})) return -1;
  close(listener);
  return 0;
}

}  // namespace

int become_command(const StartContext& context, Order& order, Step& step) {
  const auto failed = [&step](Step at) {
    step = at;
    return errno;
  };
  if (setsid() < 0 || take_files(context.files) != 0) return failed(Step::kDescriptors);
  reset_signals();
  umask(022);
  sched_setaffinity(0, sizeof context.plan.processors, &context.plan.processors);
  allow_memory_kills();

  static char* strings[kMostStrings + 2];
  char* text = order.text.data();
  const char* path = text;
  text += strlen(text) + 1;
  const char* folder = text;
  text += strlen(text) + 1;
  char** next = strings;
  const auto take = [&next, &text](std::uint32_t count) {
    char** first = next;
    for (std::uint32_t i = 0; i < count; ++i) {
      *next++ = text;
      text += strlen(text) + 1;
    }
    *next++ = nullptr;
    return first;
  };
  if (order.arguments + order.environment > kMostStrings) {
    errno = E2BIG;
    return failed(Step::kExecute);
  }
  char** arguments = take(order.arguments);
  char** environment = take(order.environment);

  if (order.held && dup2(context.files[4], order.held_number) < 0) {
    return failed(Step::kDescriptors);
  }
  if (chdir(folder) != 0) return failed(Step::kWorkFolder);
  if (set_limits(context.plan) != 0) return failed(Step::kLimits);
  drop_bounding_set();
  if (drop_user(context.plan, context.user) != 0) return failed(Step::kUser);
  if (drop_capabilities() != 0) return failed(Step::kCapabilities);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed(Step::kNoNewPrivileges);
  if (!fix_addresses(context.plan) && order.held) return failed(Step::kHold);
  if (order.held && wait_for_holder(context, order) != 0) return failed(Step::kHold);
  if (install_filter(context, order) != 0) return failed(Step::kFilter);
  execve(path, arguments, environment);
  return failed(Step::kExecute);
}

}  // namespace sandbox
