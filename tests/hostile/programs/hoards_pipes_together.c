// Many processes, each with as many pipes as there may be, all full: the memory is the kernel's.
// expect: outcome=memory-limit|exited left=*
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "must.h"

static void hoard(void) {
  static char block[65536];
  int ends[2];
  while (pipe2(ends, O_NONBLOCK) == 0) {
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    while (write(ends[1], block, sizeof block) > 0) {
    }
  }
}

int main(void) {
  int ends[2];
  must_hold(pipe(ends) == 0, "a pipe");
  for (int i = 0; i < 40; ++i) {
    if (fork() != 0) continue;
    close(ends[1]);
    hoard();
    char byte;
    return read(ends[0], &byte, 1) != 0;  // until the parent has seen them all
  }
  usleep(500000);
  close(ends[1]);
  while (wait(NULL) > 0) {
  }
  return escaped;
}
