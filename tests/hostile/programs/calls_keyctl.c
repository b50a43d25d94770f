// Looks for keys of others.
// expect: outcome=forbidden-call call=keyctl(
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  syscall(SYS_keyctl, 0, -3, 1);  // refused here
  return 0;
}
