// The child only makes another and ends, so that init waits for that one, whoever ends first.
#include "hand_over.h"

int main(void) {
  int ended[2];
  char byte;
  make_data();
  MUST(pipe(ended) == 0);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    pid_t second = fork();
    MUST(second >= 0);
    if (second > 0) _exit(0);
    close(ended[0]);
    *data = kRight;
    _exit(0);
  }
  MUST(close(ended[1]) == 0);
  MUST(waitpid(child, NULL, 0) == child);
  MUST(read(ended[0], &byte, 1) == 0);
  return *data == kRight ? 0 : 2;
}
