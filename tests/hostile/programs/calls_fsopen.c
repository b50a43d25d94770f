// The newer way to mount.
// expect: outcome=forbidden-call call=fsopen(
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  syscall(SYS_fsopen, "tmpfs", 0);  // refused here
  return 0;
}
