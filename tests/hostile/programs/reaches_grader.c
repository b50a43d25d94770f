// Reaches for the grader, which may have the same user id, and for whatever else it sees in /proc. In
// tier D, how its user's other processes are scheduled is not kept from it; the init's is its own.
// expect: outcome=exited status=0
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "must.h"

static void must_not_open(int process, const char *name, int flags) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", process, name);
  must_fail(open(path, flags), path);
}

static void reach(int process) {
  must_not_open(process, "mem", O_RDWR);
  must_not_open(process, "environ", O_RDONLY);
  must_not_open(process, "root/etc/shadow", O_RDONLY);
  must_not_open(process, "fd/0", O_RDWR);
  must_not_open(process, "oom_score_adj", O_WRONLY);
  must_not_open(process, "autogroup", O_WRONLY);
  must_not_open(process, "clear_refs", O_WRONLY);
  must_not_open(process, "coredump_filter", O_WRONLY);
  char byte;
  const struct iovec here = {&byte, 1};
  const struct iovec there = {&escaped, 1};
  must_fail(process_vm_readv(process, &here, 1, &there, 1, 0), "process_vm_readv");
  if (process == getppid()) return;
  must_fail(syscall(SYS_tgkill, process, process, SIGTERM), "tgkill");
  must_fail(syscall(SYS_tkill, process, SIGTERM), "tkill");
  must_fail(prlimit(process, RLIMIT_NOFILE, &(struct rlimit){0, 0}, NULL), "prlimit");
  if (TIER == 'D') return;
  cpu_set_t first;
  CPU_ZERO(&first);
  CPU_SET(0, &first);
  must_fail(sched_setaffinity(process, sizeof first, &first), "sched_setaffinity");
  must_fail(sched_setscheduler(process, SCHED_IDLE, &(struct sched_param){0}), "SCHED_IDLE");
  must_fail(setpriority(PRIO_PROCESS, (id_t)process, 19), "setpriority");
  must_fail(syscall(SYS_ioprio_set, 1, process, 3 << 13), "ioprio_set");
}

int main(void) {
  DIR *processes = opendir("/proc");
  must_hold(processes != NULL, "/proc");
  int others = 0;
  for (const struct dirent *entry; (entry = readdir(processes)) != NULL;) {
    const int process = atoi(entry->d_name);
    // Of a machine's many, those of its own user, and a few more.
    char path[64];
    snprintf(path, sizeof path, "/proc/%d", process);
    struct stat status;
    if (process <= 0 || process == getpid() || stat(path, &status) != 0) continue;
    if (status.st_uid == getuid() || ++others < 20) reach(process);
  }
  return escaped;
}
