// Runs a command as a container would that is neither privileged nor has user namespaces:
//   like_container [--user NUMBER] COMMAND [ARGUMENT...]
// For real: what such a container has not is given up, or refused by the kernel, and none of it
// comes back. The capabilities are those that Docker leaves to root, and the calls that are refused
// are those that its seccomp profile refuses without CAP_SYS_ADMIN; the hierarchies of cgroups are
// read-only. Only root can start it. Exits with 125 where it can't do so.
//
// Sources: Docker's documentation, "Runtime privilege and Linux capabilities" and "Seccomp security
// profiles for Docker"; capabilities(7), seccomp(2).
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <initializer_list>

namespace {

constexpr int kCanNot = 125;

[[noreturn]] void give_up(const char* what) {
  fprintf(stderr, "like_container: %s: %s\n", what, strerror(errno));
  exit(kCanNot);
}

void must(bool done, const char* what) {
  if (!done) give_up(what);
}

void close_cgroups() {
  must(unshare(CLONE_NEWNS) == 0, "unshare");
  must(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private mounts");
  constexpr const char* kCgroups = "/sys/fs/cgroup";
  if (access(kCgroups, F_OK) != 0) return;
  must(mount("tmpfs", kCgroups, "tmpfs", MS_RDONLY, nullptr) == 0, "hide the cgroups");
}

void leave_capabilities() {
  constexpr std::array kLeft{CAP_CHOWN,      CAP_DAC_OVERRIDE, CAP_FSETID, CAP_FOWNER,
                             CAP_MKNOD,      CAP_NET_RAW,      CAP_SETGID, CAP_SETUID,
                             CAP_SETFCAP,    CAP_SETPCAP,      CAP_KILL,   CAP_NET_BIND_SERVICE,
                             CAP_SYS_CHROOT, CAP_AUDIT_WRITE};
  std::uint64_t left = 0;
  for (const int one : kLeft) left |= std::uint64_t{1} << one;
  for (int one = 0; prctl(PR_CAPBSET_READ, one, 0, 0, 0) >= 0; ++one) {
    if ((left >> one & 1) == 0) must(prctl(PR_CAPBSET_DROP, one, 0, 0, 0) == 0, "drop");
  }
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[2]{};
  must(syscall(SYS_capget, &header, sets) == 0, "capget");
  for (int half = 0; half < 2; ++half) {
    const auto mask = static_cast<std::uint32_t>(left >> (32 * half));
    sets[half].effective &= mask;
    sets[half].permitted &= mask;
    sets[half].inheritable = 0;
  }
  must(syscall(SYS_capset, &header, sets) == 0, "capset");
}

void refuse_calls() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  must(filter != nullptr, "seccomp_init");
  for (const char* call : {"mount",
                           "umount2",
                           "pivot_root",
                           "unshare",
                           "setns",
                           "open_tree",
                           "move_mount",
                           "fsopen",
                           "fsmount",
                           "fsconfig",
                           "fspick",
                           "mount_setattr",
                           "bpf",
                           "perf_event_open",
                           "keyctl",
                           "add_key",
                           "request_key",
                           "userfaultfd",
                           "kcmp",
                           "quotactl",
                           "swapon",
                           "swapoff",
                           "open_by_handle_at",
                           "io_uring_setup",
                           "io_uring_enter",
                           "io_uring_register"}) {
    const int number = seccomp_syscall_resolve_name(call);
    if (number < 0) continue;
    must(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0) == 0, call);
  }
  for (const unsigned long flag : {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                   CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET}) {
    must(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                          SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag)) == 0,
         "clone");
  }
  // What it points to can't be looked at: the C library is to take clone.
  must(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0, "clone3");
  constexpr unsigned long kNoRandom = 0x0040000;  // ADDR_NO_RANDOMIZE
  must(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(personality), 1,
                        SCMP_A0(SCMP_CMP_MASKED_EQ, 0xffffffff, kNoRandom)) == 0,
       "personality");
  // Without no_new_privs, as Docker does it: that takes CAP_SYS_ADMIN, so it comes before the rest.
  must(seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0) == 0, "seccomp_attr_set");
  must(seccomp_load(filter) == 0, "seccomp_load");
  seccomp_release(filter);
}

}  // namespace

int main(int count, char** words) {
  int next = 1;
  uid_t user = 0;
  if (count > 3 && strcmp(words[1], "--user") == 0) {
    user = static_cast<uid_t>(strtoul(words[2], nullptr, 10));
    next = 3;
  }
  if (count <= next) {
    errno = EINVAL;
    give_up("COMMAND");
  }
  close_cgroups();
  refuse_calls();
  leave_capabilities();
  if (user != 0) {
    must(setgroups(0, nullptr) == 0 && setresgid(user, user, user) == 0 &&
             setresuid(user, user, user) == 0,
         "become the user");
  }
  execvp(words[next], words + next);
  give_up(words[next]);
}
