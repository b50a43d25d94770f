// A stop comes before the wait that tells of it, and SIGCONT before what the stopped one does next.
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
  MUST(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
  MUST(*data == 1);
  *data = kRight;
  kill(child, SIGCONT);
  MUST(waitpid(child, &status, 0) == child && status == 0);
  return 0;
}
