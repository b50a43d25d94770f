// finds: data-race
// It is not vfork() that was called.
#include "hand_over.h"

int main(void) {
  make_data();
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    *data = kRight;
    _exit(0);
  }
  MUST(*data == kRight);
  MUST(waitpid(child, NULL, 0) == child);
  return 0;
}
