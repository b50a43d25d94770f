// The newer way to bind.
// A container refuses it in our place, and nobody is told.
// expect: outcome=forbidden-call call=open_tree(
// expect-CD: outcome=exited status=0
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return syscall(SYS_open_tree, AT_FDCWD, "/", 1) != -1;  // refused here
}
