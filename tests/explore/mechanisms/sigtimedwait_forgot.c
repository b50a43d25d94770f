// finds: data-race
// Takes the time-out for the signal.
#include "hand_over.h"

static sigset_t before;

static void give(void) {
  *data = kRight;
  kill(getppid(), SIGUSR1);
}

static void take(void) {
  struct timespec second = {1, 0};
  sigtimedwait(only(SIGUSR1), NULL, &second);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  block(SIGUSR1, &before);
  return run_both(give, take);
}
