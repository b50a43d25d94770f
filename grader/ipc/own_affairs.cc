// Calls by which a process changes or asks what concerns only itself: the kernel does them, but for
// what would change how it is held.
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/machine.h"
#include "ipc/mechanisms.h"
#include "ipc/parent_death.h"

namespace ipcgrade {
namespace {

std::unique_ptr<Operation> decode_control(Machine& machine, Task& task, const Call& call) {
  switch (int_at(call, 0)) {
    case PR_SET_PDEATHSIG:
    case PR_GET_PDEATHSIG:
      return decode_parent_death(machine, task, call);
    case PR_SET_CHILD_SUBREAPER:
      return call.arguments[1] == 0 ? nullptr : unmodelled("prctl(PR_SET_CHILD_SUBREAPER)");
    case PR_SET_DUMPABLE:
      // The kernel would hide its memory from us.
      return done_at_once("prctl(PR_SET_DUMPABLE)", 0);
    case PR_SET_TSC:
      return done_at_once("prctl(PR_SET_TSC)", 0);
    case PR_GET_TSC: {
      const std::uint64_t to = call.arguments[1];
      return small("prctl(PR_GET_TSC)", {}, [to](Machine& m, Task& t) {
        return m.write_value(t, to, PR_TSC_ENABLE) ? Effect::returns(0) : Effect::fails(EFAULT);
      });
    }
    default:
      return nullptr;
  }
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  switch (call.number) {
    case SYS_prctl:
      return decode_control(machine, task, call);
    case SYS_sched_setaffinity:
      // All tasks of a run are on one core.
      return done_at_once("sched_setaffinity()", 0);
    default:
      return nullptr;
  }
}

constexpr long kCalls[] = {SYS_prctl,
                           SYS_arch_prctl,
                           SYS_sched_setaffinity,
                           SYS_sched_setattr,
                           SYS_sched_setparam,
                           SYS_sched_getattr,
                           SYS_sched_setscheduler,
                           SYS_sched_rr_get_interval,
                           SYS_personality,
                           SYS_prlimit64,
                           SYS_ioprio_get,
                           SYS_ioprio_set,
                           SYS_capset,
                           SYS_setgroups,
                           SYS_setregid,
                           SYS_setreuid,
                           SYS_setresgid,
                           SYS_setresuid,
                           SYS_setfsgid,
                           SYS_setfsuid,
                           SYS_getcwd,
                           SYS_uname,
                           SYS_sysinfo,
                           SYS_statfs,
                           SYS_fstatfs,
                           SYS_fadvise64,
                           SYS_readahead,
                           SYS_sync,
                           SYS_syncfs,
                           SYS_fsync,
                           SYS_fdatasync,
                           SYS_sync_file_range,
                           SYS_msync,
                           SYS_getxattr,
                           SYS_lgetxattr,
                           SYS_fgetxattr,
                           SYS_setxattr,
                           SYS_lsetxattr,
                           SYS_fsetxattr,
                           SYS_listxattr,
                           SYS_llistxattr,
                           SYS_flistxattr,
                           SYS_removexattr,
                           SYS_lremovexattr,
                           SYS_fremovexattr,
                           SYS_get_mempolicy,
                           SYS_pkey_alloc,
                           SYS_pkey_free,
                           SYS_set_thread_area};

}  // namespace

const Mechanism kOwnAffairsMechanism{"own affairs", kCalls, decode};

}  // namespace ipcgrade
