// A namespace of its own, in which it would be root.
// expect: outcome=forbidden-call call=unshare(
#define _GNU_SOURCE
#include <sched.h>

int main(void) {
  unshare(CLONE_NEWUSER | CLONE_NEWNS);  // refused here
  return 0;
}
