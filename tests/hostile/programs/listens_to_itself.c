// A listener of its own.
// expect: outcome=forbidden-call call=seccomp(
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  syscall(SYS_seccomp, 1, 8, NULL);  // refused here
  return 0;
}
