// What is the machine's, the grader's or another student's is not there. Without a namespace, the
// names of processes are.
// expect: outcome=exited status=0
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "must.h"

int main(void) {
  must_fail(open("/etc/shadow", O_RDONLY), "/etc/shadow");
  must_fail(open("/etc/hostname", O_RDONLY), "/etc/hostname");
  must_fail(open("/root", O_RDONLY), "/root");
  must_fail(open("/home", O_RDONLY), "/home");
  must_fail(open("/var", O_RDONLY), "/var");
  must_fail(open("/run", O_RDONLY), "/run");
  must_fail(open("/sys", O_RDONLY), "/sys");
  must_fail(open("/proc/kcore", O_RDONLY), "/proc/kcore");
  must_fail(open("/proc/kmsg", O_RDONLY), "/proc/kmsg");
  must_fail(open("/dev/mem", O_RDONLY), "/dev/mem");
  must_fail(open("/dev/vda", O_RDONLY), "/dev/vda");
  must_fail(open(SOURCE_DIR "/assignments/shared-memory/assignment.toml", O_RDONLY), "the lab");
  must_fail(open(SOURCE_DIR "/reference/shared-memory/server.cpp", O_RDONLY), "the solution");
  must_fail(open(WORK_DIR, O_RDONLY), "the folder of the test");
  // Up from every folder there is the box's own root.
  must_fail(open("../../../../../../etc/shadow", O_RDONLY), "..");
  DIR *processes = opendir("/proc");
  int others = 0;
  for (const struct dirent *entry; (entry = readdir(processes)) != NULL;) {
    const char first = entry->d_name[0];
    if (first >= '1' && first <= '9') ++others;
  }
  if (HAS_NAMESPACES) must_hold(others <= 2, "only the init and itself in /proc");
  return escaped;
}
