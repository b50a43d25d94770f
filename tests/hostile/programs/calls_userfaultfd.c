// Makes the kernel wait in the middle of a copy.
// A container refuses it in our place, and nobody is told.
// expect: outcome=forbidden-call call=userfaultfd(
// expect-CD: outcome=exited status=0
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return syscall(SYS_userfaultfd, 0) != -1;  // refused here
}
