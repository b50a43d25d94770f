// Looks into the init: its memory, environment, files and root.
// expect: outcome=exited status=0
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include "must.h"

int main(void) {
  char byte;
  must_fail(open("/proc/1/mem", O_RDWR), "open /proc/1/mem");
  must_fail(open("/proc/1/environ", O_RDONLY), "open /proc/1/environ");
  must_fail(open("/proc/1/fd/3", O_RDONLY), "open /proc/1/fd/3");
  must_fail(open("/proc/1/root/etc", O_RDONLY), "open /proc/1/root");
  must_fail(open("/proc/1/oom_score_adj", O_WRONLY), "open /proc/1/oom_score_adj");
  must_fail(readlink("/proc/1/exe", &byte, 1), "readlink /proc/1/exe");
  struct iovec here = {&byte, 1};
  struct iovec there = {(void *)main, 1};
  must_fail(process_vm_readv(1, &here, 1, &there, 1, 0), "process_vm_readv");
  must_fail(process_vm_writev(1, &here, 1, &there, 1, 0), "process_vm_writev");
  struct rlimit limit = {0, 0};
  must_fail(prlimit(1, RLIMIT_NOFILE, &limit, NULL), "prlimit of the init");
  return escaped;
}
