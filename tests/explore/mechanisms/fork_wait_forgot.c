// finds: data-race
// WNOHANG doesn't wait.
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
  int is_gone = waitpid(child, NULL, WNOHANG) == child;
  MUST(*data == kRight);
  if (!is_gone) wait(NULL);
  return 0;
}
