// The parent goes on when the child has ended.
#include "hand_over.h"

int main(void) {
  make_data();
  pid_t child = vfork();
  MUST(child >= 0);
  if (child == 0) {
    *data = kRight;
    _exit(0);
  }
  MUST(*data == kRight);
  MUST(waitpid(child, NULL, 0) == child);
  return 0;
}
