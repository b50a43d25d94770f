// A read of the descriptor takes the signal.
#include "hand_over.h"

#include <sys/signalfd.h>

static sigset_t before;

static void give(void) {
  *data = kRight;
  kill(getppid(), SIGUSR1);
}

static void take(void) {
  int signals = signalfd(-1, only(SIGUSR1), 0);
  struct signalfd_siginfo info;
  MUST(read(signals, &info, sizeof info) == sizeof info && info.ssi_signo == SIGUSR1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  block(SIGUSR1, &before);
  return run_both(give, take);
}
