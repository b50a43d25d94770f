// fork() comes before the child, and all that the child did before the wait for it.
#include "hand_over.h"

int main(void) {
  make_data();
  *data = 1;
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    MUST(*data == 1);
    *data = kRight;
    _exit(0);
  }
  MUST(waitpid(child, NULL, 0) == child);
  MUST(*data == kRight);
  return 0;
}
