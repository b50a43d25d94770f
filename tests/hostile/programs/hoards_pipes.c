// Pipes, as many as there may be, all full.
// expect: outcome=exited status=0
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

#include "must.h"

int main(void) {
  static char block[65536];
  int ends[2];
  int pipes = 0;
  while (pipes < 100000 && pipe2(ends, O_NONBLOCK) == 0) {
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    while (write(ends[1], block, sizeof block) > 0) {
    }
    ++pipes;
  }
  must_hold(pipes < 1000 && errno == EMFILE, "a limit of files");
  return escaped;
}
