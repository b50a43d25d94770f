#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "held.h"

int main(void) {
  const pid_t child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  const int fd = (int)syscall(SYS_pidfd_open, child, 0);
  EXPECT(fd >= 0);
  EXPECT(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0) == 0);
  EXPECT(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0) == 0);
  int status;
  EXPECT(waitpid(child, &status, 0) == child && WTERMSIG(status) == SIGTERM);
  EXPECT(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0) == -1 && errno == ESRCH);
  EXPECT(syscall(SYS_pidfd_send_signal, 0, 0, NULL, 0) == -1 && errno == EBADF);
  return done();
}
