// Keys outlive their maker.
// expect: outcome=forbidden-call call=add_key(
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  syscall(SYS_add_key, "user", "escape", "x", 1, -3);  // refused here
  return 0;
}
