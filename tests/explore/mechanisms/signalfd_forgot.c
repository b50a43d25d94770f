// finds: data-race
// SFD_NONBLOCK doesn't wait.
#include "hand_over.h"

#include <sys/signalfd.h>

static sigset_t before;

static void give(void) {
  *data = kRight;
  kill(getppid(), SIGUSR1);
}

static void take(void) {
  int signals = signalfd(-1, only(SIGUSR1), SFD_NONBLOCK);
  struct signalfd_siginfo info;
  (void)!read(signals, &info, sizeof info);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  block(SIGUSR1, &before);
  return run_both(give, take);
}
