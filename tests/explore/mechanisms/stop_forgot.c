// finds: deadlock
// Without WUNTRACED the parent waits for the end of a child that is stopped.
#include "hand_over.h"

int main(void) {
  make_data();
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    *data = 1;
    raise(SIGSTOP);
    MUST(*data == kRight);
    _exit(0);
  }
  int status;
  MUST(waitpid(child, &status, 0) == child);
  *data = kRight;
  kill(child, SIGCONT);
  return 0;
}
