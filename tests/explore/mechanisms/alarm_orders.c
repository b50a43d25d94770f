// SIGALRM is blocked until the wait for it.
#include "hand_over.h"

static volatile sig_atomic_t told;

static void on_alarm(int number) { told = number; }

int main(void) {
  sigset_t before;
  block(SIGALRM, &before);
  handle(SIGALRM, on_alarm);
  alarm(1);
  while (!told) sigsuspend(&before);
  return 0;
}
