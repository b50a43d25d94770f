// finds: data-race
// The signal is sent too early.
#include "hand_over.h"

static sigset_t before;

static void give(void) {
  MUST(sigqueue(getppid(), SIGUSR1, (union sigval){.sival_int = 7}) == 0);
  *data = kRight;
}

static void take(void) {
  siginfo_t info;
  MUST(sigwaitinfo(only(SIGUSR1), &info) == SIGUSR1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  block(SIGUSR1, &before);
  return run_both(give, take);
}
