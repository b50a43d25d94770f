// Tries to write wherever it may not: the system, the programs, the kernel's knobs.
// expect: outcome=exited status=0
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "must.h"

static void try_to_make(const char *path) {
  must_fail(open(path, O_CREAT | O_WRONLY, 0600), path);
}

int main(void) {
  try_to_make("/escape");
  try_to_make("/etc/escape");
  try_to_make("/etc/passwd");
  try_to_make("/usr/escape");
  try_to_make("/usr/bin/true");
  try_to_make("/bin/escape");
  try_to_make("/programs/escape");
  try_to_make("/dev/escape");
  try_to_make("/proc/sys/kernel/core_pattern");
  try_to_make("/proc/sys/kernel/shmmni");
  try_to_make("/proc/sys/kernel/hostname");
  try_to_make("/proc/sys/vm/drop_caches");
  try_to_make("/proc/sysrq-trigger");
  try_to_make("/proc/kcore");
  try_to_make("/sys/kernel/escape");
  must_fail(mkdir("/programs/escape", 0700), "mkdir in /programs");
  must_fail(unlink("/etc/passwd"), "unlink /etc/passwd");
  must_fail(rename("/work", "/tmp/work"), "rename /work");
  must_fail(chmod("/", 0777), "chmod /");
  must_fail(truncate("/dev/null", 0) == 0 && chmod("/dev/null", 0) == 0 ? 0 : -1, "chmod of a device");
  // By a link from a writable folder.
  must_fail(symlink("/etc", "outside") == 0 ? open("outside/escape", O_CREAT | O_WRONLY, 0600) : -1,
            "through a link");
  must_fail(link("/usr/bin/true", "true"), "a hard link to a program of the system");
  return escaped;
}
