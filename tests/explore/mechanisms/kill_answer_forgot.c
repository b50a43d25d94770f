// finds: lost-wakeup
// What counts the answer is set back when the question is on its way: the answer may have come.
#include "hand_over.h"

static volatile sig_atomic_t told;
static sigset_t before;

static void on_signal(int number) { told = number; }

int main(void) {
  make_data();
  sigset_t open;
  block(SIGUSR2, &open);
  handle(SIGUSR1, on_signal);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    int number = 0;
    MUST(sigwait(only(SIGUSR2), &number) == 0);
    *data = kRight;
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  kill(child, SIGUSR2);
  told = 0;
  block(SIGUSR1, &before);
  while (!told) sigsuspend(&before);
  MUST(*data == kRight);
  MUST(waitpid(child, NULL, 0) == child);
  return 0;
}
