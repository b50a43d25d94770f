#include <fcntl.h>

#include "held.h"

int main(void) {
  char path[64];
  for (int fd = 3; fd < 300; ++fd) {
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const int got = open(path, O_RDWR);
    EXPECT(got == -1);
    if (got >= 0) ftruncate(got, 0);
  }
  // Nor is anybody else's memory to be had: the kernel's own answers.
  EXPECT(open("/proc/1/mem", O_RDWR) == -1 && errno == EACCES);
  EXPECT(open("/proc/1/fd/0", O_RDONLY) == -1 && errno == EACCES);
  EXPECT(open("/proc/29999/mem", O_RDONLY) == -1 && errno == ENOENT);
  return done();
}
