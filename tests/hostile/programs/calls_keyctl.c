// Looks for keys of others.
// A container refuses it in our place, and nobody is told.
// expect: outcome=forbidden-call call=keyctl(
// expect-CD: outcome=exited status=0
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return syscall(SYS_keyctl, 0, -3, 1) != -1;  // refused here
}
