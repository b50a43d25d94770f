// Wants to go before everybody else on the machine.
// expect: outcome=exited status=0
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "must.h"

#ifndef SCHED_DEADLINE
#define SCHED_DEADLINE 6
#endif

int main(void) {
  struct sched_param most = {.sched_priority = 99};
  must_fail(setpriority(PRIO_PROCESS, 0, -20), "setpriority -20");
  must_fail(sched_setscheduler(0, SCHED_FIFO, &most), "SCHED_FIFO");
  must_fail(sched_setscheduler(0, SCHED_RR, &most), "SCHED_RR");
  const struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
  } deadline = {48, SCHED_DEADLINE, 0, 0, 0, 10000000, 20000000, 20000000};
  must_fail(syscall(SYS_sched_setattr, 0, &deadline, 0), "SCHED_DEADLINE");
  must_fail(syscall(SYS_ioprio_set, 1, 0, 1 << 13), "the disk's real time");
  const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
  must_fail(setrlimit(RLIMIT_NOFILE, &none), "more files");
  must_fail(setrlimit(RLIMIT_NPROC, &none), "more processes");
  must_fail(setrlimit(RLIMIT_FSIZE, &none), "larger files");
  must_fail(setrlimit(RLIMIT_MEMLOCK, &none), "more locked memory");
  must_fail((long)mlock(mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                             -1, 0),
                        64 << 20),
            "mlock of 64 MiB");
  must_fail(mlockall(MCL_CURRENT | MCL_FUTURE), "mlockall");
  return escaped;
}
