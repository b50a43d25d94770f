// A namespace of its own, in which it would be root.
// A container refuses it in our place, and nobody is told.
// expect: outcome=forbidden-call call=unshare(
// expect-CD: outcome=exited status=0
#define _GNU_SOURCE
#include <sched.h>

int main(void) {
  return unshare(CLONE_NEWUSER | CLONE_NEWNS) != -1;  // refused here
}
