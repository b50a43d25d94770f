// Fills /tmp and the work folder, each to the last byte and the last name.
// Without mounts nothing bounds it but its time.
// expect: outcome=exited|memory-limit left=*
// expect-CD: outcome=time-limit|exited left=*
// flags-CD: --wall 2s
#include <fcntl.h>
#include <unistd.h>

#include "must.h"

static int fill(const char *folder) {
  static char block[1 << 20];
  char name[64];
  for (int file = 0; file < 100000; ++file) {
    snprintf(name, sizeof name, "%s/escape%d", folder, file);
    const int fd = open(name, O_CREAT | O_WRONLY, 0600);
    if (fd < 0) return file;
    // Names first: an empty file costs only its name.
    if (file % 1000 == 0) {
      for (int i = 0; i < 4 && write(fd, block, sizeof block) > 0; ++i) {
      }
    }
    close(fd);
  }
  return 100000;
}

int main(void) {
  must_hold(fill("/tmp") < 100000, "a limit of names in /tmp");
  must_hold(fill(".") < 100000, "a limit of names in the work folder");
  return escaped;
}
