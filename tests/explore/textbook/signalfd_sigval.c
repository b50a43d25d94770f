// Signals with data, read from a descriptor.
#include <sys/signalfd.h>

#include "textbook.h"

int main(void) {
  sigset_t mask;
  struct signalfd_siginfo fdsi;

  sigemptyset(&mask);
  sigaddset(&mask, SIGRTMIN + 2);
  sigaddset(&mask, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &mask, NULL) == -1) errExit("sigprocmask");
  int sfd = signalfd(-1, &mask, SFD_CLOEXEC);
  if (sfd == -1) errExit("signalfd");
  switch (fork()) {
    case -1:
      errExit("fork");
    case 0:
      for (int j = 0; j < 3; j++) {
        union sigval sv = {.sival_int = j};
        if (sigqueue(getppid(), SIGRTMIN + 2, sv) == -1) errExit("sigqueue");
      }
      exit(EXIT_SUCCESS);
  }
  for (int left = 3; left > 0;) {
    if (read(sfd, &fdsi, sizeof fdsi) != sizeof fdsi) errExit("read");
    if (fdsi.ssi_signo == SIGCHLD) continue;
    printf("got signal %d with %d\n", (int)fdsi.ssi_signo - SIGRTMIN, fdsi.ssi_int);
    left--;
  }
  if (wait(NULL) == -1) errExit("wait");
  exit(EXIT_SUCCESS);
}
