// The handler does it all, wherever it strikes.
#include "hand_over.h"

static pid_t child;

static void on_signal(int number) {
  (void)number;
  int status = 0;
  MUST(*data == kRight);
  MUST(waitpid(child, &status, 0) == child);
  _exit(status);
}

int main(void) {
  make_data();
  sigset_t before;
  block(SIGUSR1, &before);
  handle(SIGUSR1, on_signal);
  child = fork();
  MUST(child >= 0);
  if (child == 0) {
    *data = kRight;
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  for (;;) pause();
}
