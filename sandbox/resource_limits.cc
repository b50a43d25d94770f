#include "sandbox/resource_limits.h"

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace sandbox {
namespace {

bool can_raise(const Plan& plan) {
  struct __user_cap_header_struct header {
    _LINUX_CAPABILITY_VERSION_3, 0
  };
  struct __user_cap_data_struct mine[2]{};
  return plan.another_user && ::syscall(SYS_capget, &header, mine) == 0 &&
         (mine[0].effective & (1U << CAP_SYS_RESOURCE)) != 0;
}

}  // namespace

std::array<ResourceLimit, 7> resource_limits(const Plan& plan) {
  constexpr std::uint64_t kStack = 8ULL << 20;
  constexpr std::uint64_t kLocked = 1ULL << 20;
  // Not 0, which does not hold for a core that the host pipes to a program of its own; by 1 the
  // kernel dumps neither there nor to a file. Source: fs/coredump.c of Linux.
  constexpr std::uint64_t kNoCore = 1;
  return {{{RLIMIT_CORE, "the size of a core", 'c', true, kNoCore},
           {RLIMIT_NOFILE, "open files", 'n', false, plan.open_files},
           {RLIMIT_FSIZE, "the size of a file", 'f', false, plan.file_size},
           {RLIMIT_NPROC, "processes", 'u', false, plan.processes},
           {RLIMIT_STACK, "the size of a stack", 's', false, kStack},
           {RLIMIT_MEMLOCK, "locked memory", 'l', true, kLocked},
           {RLIMIT_CPU, "processor time", 't', false, RLIM64_INFINITY}}};
}

Expected<void> check_resource_limits(const Plan& plan) {
  if (can_raise(plan)) return {};
  for (const ResourceLimit& one : resource_limits(plan)) {
    struct rlimit64 there {};
    if (one.may_be_less || ::syscall(SYS_prlimit64, 0, one.resource, nullptr, &there) != 0)
      continue;
    if (there.rlim_max >= one.value) continue;
    const std::string wanted =
        one.value == RLIM64_INFINITY ? "none" : "one of " + std::to_string(one.value);
    return std::unexpected(Error{"the hard limit on " + std::string(one.name) + " is " +
                                     std::to_string(there.rlim_max) + " (ulimit -H" + one.option +
                                     "), and programs need " + wanted +
                                     ": raise it where ipcgrade is started",
                                 EPERM});
  }
  return {};
}

}  // namespace sandbox
