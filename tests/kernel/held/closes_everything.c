// Closing every number there may be takes nothing from the grader, and none of them is the
// grader's.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "held.h"

int main(void) {
  volatile int* before = shared(4096);
  const int out = dup(1);
  for (int fd = out + 1; fd < 2000; ++fd) {
    struct stat status;
    EXPECT(close(fd) == -1 && errno == EBADF);
    EXPECT(fstat(fd, &status) == -1 && errno == EBADF);
    EXPECT(fcntl(fd, F_GETFD) == -1 && errno == EBADF);
    if (failures > 0) return done();
  }
  // No stop for each of these: what nobody can have is known to be closed.
  for (int fd = 2000; fd < 200000; ++fd) {
    if (close(fd) == 0 || errno != EBADF) ++failures;
  }
  EXPECT(ftruncate(256, 0) == -1 && errno == EBADF);
  EXPECT(mmap(NULL, 4096, PROT_READ, MAP_SHARED, 256, 0) == MAP_FAILED && errno == EBADF);
  EXPECT(syscall(SYS_close_range, out + 1, ~0U, 0) == 0);
  *before = 4;
  volatile int* after = shared(4096);
  *after = 5;
  if (fork() == 0) _exit(*before + *after);
  int status;
  EXPECT(wait(&status) > 0 && WEXITSTATUS(status) == 9);
  const int result = done();
  EXPECT(syscall(SYS_close_range, 0, ~0U, 0) == 0);
  *after = 6;
  EXPECT(*after == 6);
  _exit(result);
}
