// Puts a file system of its own over the system.
// A container refuses it in our place, and nobody is told.
// expect: outcome=forbidden-call call=mount(
// expect-CD: outcome=exited status=0
#define _GNU_SOURCE
#include <sys/mount.h>

int main(void) {
  return mount("tmpfs", "/usr", "tmpfs", 0, "") != -1;  // refused here
}
