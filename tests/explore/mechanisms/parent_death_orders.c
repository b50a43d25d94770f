// The end of the parent, told by a signal that waits blocked, orders what the two wrote.
#include <sys/prctl.h>

#include "hand_over.h"

static void grandchild(int asked) {
  int signal;
  MUST(prctl(PR_SET_PDEATHSIG, SIGUSR1) == 0);
  MUST(prctl(PR_GET_PDEATHSIG, &signal) == 0 && signal == SIGUSR1);
  MUST(write(asked, "", 1) == 1);
  MUST(sigwaitinfo(only(SIGUSR1), NULL) == SIGUSR1);
  MUST(*data == kRight);
  *data = 0;
  _exit(0);
}

int main(void) {
  int asked[2], ended[2];
  char byte;
  sigset_t before;
  make_data();
  block(SIGUSR1, &before);
  MUST(pipe(asked) == 0 && pipe(ended) == 0);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    struct sigaction ignored = {.sa_handler = SIG_IGN};
    MUST(sigaction(SIGCHLD, &ignored, NULL) == 0);  // nobody is left to wait for the grandchild
    if (fork() == 0) grandchild(asked[1]);
    MUST(read(asked[0], &byte, 1) == 1);
    *data = kRight;
    _exit(0);
  }
  MUST(close(ended[1]) == 0 && close(asked[1]) == 0);
  MUST(waitpid(child, NULL, 0) == child);
  return read(ended[0], &byte, 1) == 0 ? 0 : 2;  // the grandchild has ended, too
}
