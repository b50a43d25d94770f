// sigwaitinfo() gets the value, and comes after the sending.
#include "hand_over.h"

static sigset_t before;

static void give(void) {
  *data = kRight;
  MUST(sigqueue(getppid(), SIGUSR1, (union sigval){.sival_int = 7}) == 0);
}

static void take(void) {
  siginfo_t info;
  MUST(sigwaitinfo(only(SIGUSR1), &info) == SIGUSR1);
  MUST(info.si_value.sival_int == 7 && *data == kRight);
}

int main(void) {
  make_data();
  block(SIGUSR1, &before);
  return run_both(give, take);
}
