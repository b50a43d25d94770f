// The same by clone.
// expect: outcome=forbidden-call call=clone(
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);  // refused here
  return 0;
}
