// sigqueue() with data, taken by an SA_SIGINFO handler that only notes what came.
#include "textbook.h"

static volatile sig_atomic_t last = -1, count = 0;

static void handler(int sig, siginfo_t* si, void* ucontext) {
  (void)sig;
  (void)ucontext;
  last = si->si_value.sival_int;
  count++;
}

int main(void) {
  struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigset_t all, before;

  sigfillset(&all);
  if (sigprocmask(SIG_SETMASK, &all, &before) == -1) errExit("sigprocmask");
  sigemptyset(&sa.sa_mask);
  if (sigaction(SIGRTMIN, &sa, NULL) == -1) errExit("sigaction");
  const pid_t parent = getpid();
  switch (fork()) {
    case -1:
      errExit("fork");
    case 0:
      for (int j = 1; j <= 3; j++) {
        const union sigval sv = {.sival_int = j * 10};
        if (sigqueue(parent, SIGRTMIN, sv) == -1) errExit("sigqueue %d", j);
      }
      _exit(EXIT_SUCCESS);
  }
  while (count < 3) sigsuspend(&before);
  printf("%d\n", last);
  if (wait(NULL) == -1) errExit("wait");
  exit(EXIT_SUCCESS);
}
