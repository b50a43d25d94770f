// Tries again after each time-out.
#include "hand_over.h"

static sigset_t before;

static void give(void) {
  *data = kRight;
  kill(getppid(), SIGUSR1);
}

static void take(void) {
  struct timespec second = {1, 0};
  while (sigtimedwait(only(SIGUSR1), NULL, &second) != SIGUSR1) MUST(errno == EAGAIN);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  block(SIGUSR1, &before);
  return run_both(give, take);
}
