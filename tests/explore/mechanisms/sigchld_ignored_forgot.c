// finds: data-race
// Nobody waits.
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
  waitpid(child, NULL, WNOHANG);
  MUST(*data == kRight);
  return 0;
}
