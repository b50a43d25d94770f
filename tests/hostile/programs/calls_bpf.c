// A program for the kernel.
// A container refuses it in our place, and nobody is told.
// expect: outcome=forbidden-call call=bpf(
// expect-CD: outcome=exited status=0
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return syscall(SYS_bpf, 0, 0, 0) != -1;  // refused here
}
