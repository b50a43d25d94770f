// Writes to /dev/shm until it is full.
// expect: outcome=exited|memory-limit left=*
#include <fcntl.h>
#include <unistd.h>

#include "must.h"

int main(void) {
  static char block[1 << 20];
  int written = 0;
  for (int file = 0; file < 64; ++file) {
    char name[32];
    sprintf(name, "/dev/shm/escape%d", file);
    const int fd = open(name, O_CREAT | O_WRONLY, 0600);
    for (int i = 0; i < 32 && write(fd, block, sizeof block) > 0; ++i) ++written;
    close(fd);
  }
  must_hold(written < 32 * 64, "a limit of /dev/shm");
  return escaped;
}
