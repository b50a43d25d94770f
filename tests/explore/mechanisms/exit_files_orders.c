// A process that has let go of its pipe has not yet ended: it is waited for.
#include "hand_over.h"

int main(void) {
  int ended[2];
  char byte;
  MUST(pipe(ended) == 0);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) _exit(0);
  MUST(close(ended[1]) == 0);
  MUST(read(ended[0], &byte, 1) == 0);
  MUST(waitpid(child, NULL, 0) == child);
  return 0;
}
