// finds: unreaped-child
// A process that has let go of its pipe is taken to have ended.
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
  (void)waitpid(child, NULL, WNOHANG);
  return 0;
}
