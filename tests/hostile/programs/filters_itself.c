// A filter of its own could answer in the place of ours.
// expect: outcome=forbidden-call call=prctl(
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/prctl.h>

int main(void) {
  prctl(PR_SET_SECCOMP, 2, NULL, 0, 0);  // refused here
  return 0;
}
