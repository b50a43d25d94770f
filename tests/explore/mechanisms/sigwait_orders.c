// Blocked before anybody can send it, the signal waits for sigwait().
#include "hand_over.h"

static sigset_t before;

static void give(void) {
  *data = kRight;
  kill(getppid(), SIGUSR1);
}

static void take(void) {
  int number;
  MUST(sigwait(only(SIGUSR1), &number) == 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  block(SIGUSR1, &before);
  return run_both(give, take);
}
