// With SIGCHLD ignored, wait() fails when the last child has ended.
#include "hand_over.h"

int main(void) {
  make_data();
  signal(SIGCHLD, SIG_IGN);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    *data = kRight;
    _exit(0);
  }
  MUST(wait(NULL) == -1 && errno == ECHILD);
  MUST(*data == kRight);
  return 0;
}
