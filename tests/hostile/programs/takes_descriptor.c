// Takes a descriptor out of the init.
// expect: outcome=forbidden-call call=pidfd_getfd(
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  syscall(SYS_pidfd_getfd, 3, 3, 0);  // refused here
  return 0;
}
