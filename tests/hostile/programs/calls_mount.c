// Puts a file system of its own over the system.
// expect: outcome=forbidden-call call=mount(
#define _GNU_SOURCE
#include <sys/mount.h>

int main(void) {
  mount("tmpfs", "/usr", "tmpfs", 0, "");  // refused here
  return 0;
}
