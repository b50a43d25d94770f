// Keys outlive their maker.
// A container refuses it in our place, and nobody is told.
// expect: outcome=forbidden-call call=add_key(
// expect-CD: outcome=exited status=0
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return syscall(SYS_add_key, "user", "escape", "x", 1, -3) != -1;  // refused here
}
