// finds: data-race
// The signal is sent too early.
#include "hand_over.h"

static volatile sig_atomic_t told;
static sigset_t before;

static void on_signal(int number) { told = number; }

static void give(void) {
  kill(getppid(), SIGUSR1);
  *data = kRight;
}

static void take(void) {
  while (!told) sigsuspend(&before);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  block(SIGUSR1, &before);
  handle(SIGUSR1, on_signal);
  return run_both(give, take);
}
