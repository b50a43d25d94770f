// finds: data-race
// Takes the time-out for the end.
#include "hand_over.h"

#include <poll.h>
#include <sys/syscall.h>

int main(void) {
  make_data();
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    *data = kRight;
    _exit(0);
  }
  struct pollfd wait = {(int)syscall(SYS_pidfd_open, child, 0), POLLIN, 0};
  poll(&wait, 1, 1000);
  MUST(*data == kRight);
  MUST(waitpid(child, NULL, 0) == child);
  return 0;
}
