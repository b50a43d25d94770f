// A program for the kernel.
// expect: outcome=forbidden-call call=bpf(
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  syscall(SYS_bpf, 0, 0, 0);  // refused here
  return 0;
}
