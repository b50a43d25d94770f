// Anonymous files are in no folder and in nobody's address space.
// expect: outcome=memory-limit left=*
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
  static char block[1 << 20];
  for (int i = 0; i < 64; ++i) {
    const int fd = memfd_create("escape", 0);
    for (int j = 0; j < 16; ++j) {
      if (write(fd, block, sizeof block) < 0) break;
    }
  }
  pause();
}
