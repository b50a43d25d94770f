// A device of its own would be the machine's disk.
// expect: outcome=exited status=0
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "must.h"

int main(void) {
  must_fail(mknod("disk", S_IFBLK | 0600, makedev(254, 0)), "a block device");
  must_fail(mknod("memory", S_IFCHR | 0600, makedev(1, 1)), "a character device");
  must_fail(mknod("/dev/shm/null", S_IFCHR | 0600, makedev(1, 3)), "a null device");
  must_fail(open("/dev/tty", O_RDWR), "/dev/tty");
  must_fail(open("/dev/ptmx", O_RDWR), "/dev/ptmx");
  must_fail(open("/dev/kmsg", O_WRONLY), "/dev/kmsg");
  return escaped;
}
