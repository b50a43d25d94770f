// Makes the kernel wait in the middle of a copy.
// expect: outcome=forbidden-call call=userfaultfd(
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  syscall(SYS_userfaultfd, 0);  // refused here
  return 0;
}
