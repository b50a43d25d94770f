// finds: leaked-process
// Where the parent ends before the child has asked to be told, it is never told: getppid() is to be
// looked at, too.
#include <sys/prctl.h>

#include "hand_over.h"

int main(void) {
  sigset_t before;
  block(SIGUSR1, &before);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    struct sigaction ignored = {.sa_handler = SIG_IGN};
    MUST(sigaction(SIGCHLD, &ignored, NULL) == 0);
    if (fork() == 0) {
      MUST(prctl(PR_SET_PDEATHSIG, SIGUSR1) == 0);
      MUST(sigwaitinfo(only(SIGUSR1), NULL) == SIGUSR1);
    }
    _exit(0);
  }
  return waitpid(child, NULL, 0) == child ? 0 : 2;
}
