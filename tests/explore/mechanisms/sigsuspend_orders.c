// Lets the signal come only while it waits for it.
#include "hand_over.h"

static volatile sig_atomic_t told;
static sigset_t before;

static void on_signal(int number) { told = number; }

static void give(void) { kill(getppid(), SIGUSR1); }

static void take(void) {
  while (!told) sigsuspend(&before);
}

int main(void) {
  block(SIGUSR1, &before);
  handle(SIGUSR1, on_signal);
  return run_both(give, take);
}
