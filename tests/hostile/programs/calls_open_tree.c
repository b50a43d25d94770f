// The newer way to bind.
// expect: outcome=forbidden-call call=open_tree(
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  syscall(SYS_open_tree, AT_FDCWD, "/", 1);  // refused here
  return 0;
}
