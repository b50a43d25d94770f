// finds: unreaped-child
// The child works on beside the one that it made, and forgets to wait for it.
#include "hand_over.h"

int main(void) {
  make_data();
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    pid_t second = fork();
    MUST(second >= 0);
    if (second > 0) *data = kRight;
    _exit(0);
  }
  return waitpid(child, NULL, 0) == child ? 0 : 2;
}
