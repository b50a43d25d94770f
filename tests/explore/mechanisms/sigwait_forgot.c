// finds: order-dependent-result
// Blocked too late: the signal may end the process.
#include "hand_over.h"

static sigset_t before;

static void give(void) {
  *data = kRight;
  kill(getppid(), SIGUSR1);
}

static void take(void) {
  block(SIGUSR1, &before);
  int number;
  MUST(sigwait(only(SIGUSR1), &number) == 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  return run_both(give, take);
}
