// A module for the kernel.
// expect: outcome=forbidden-call call=init_module(
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  syscall(SYS_init_module, NULL, 0, "");  // refused here
  return 0;
}
