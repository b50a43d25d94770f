// The same by clone.
// A container refuses it in our place, and nobody is told.
// expect: outcome=forbidden-call call=clone(
// expect-CD: outcome=exited status=0
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) != -1;  // refused here
}
