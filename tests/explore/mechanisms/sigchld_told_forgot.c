// finds: deadlock
// Ignored, SIGCHLD is not pending.
#include "hand_over.h"

int main(void) {
  make_data();
  sigset_t before;
  block(SIGUSR1, &before);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    *data = kRight;
    _exit(0);
  }
  MUST(sigwaitinfo(only(SIGCHLD), NULL) == SIGCHLD);
  MUST(*data == kRight);
  MUST(waitpid(child, NULL, 0) == child);
  return 0;
}
