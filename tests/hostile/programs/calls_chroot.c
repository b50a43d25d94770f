// Another root, to climb out of.
// expect: outcome=forbidden-call call=chroot(
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  if (chroot("/tmp") != 0) return 1;  // refused here
  return 0;
}
