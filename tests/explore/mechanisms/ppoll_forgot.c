// finds: lost-wakeup
// The mask is changed before poll() waits.
#include <poll.h>

#include "hand_over.h"

static volatile sig_atomic_t told;
static sigset_t before;

static void on_signal(int number) { told = number; }

static void give(void) {
  *data = kRight;
  kill(getppid(), SIGUSR1);
}

static void take(void) {
  sigprocmask(SIG_SETMASK, &before, NULL);
  while (!told) poll(NULL, 0, -1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  block(SIGUSR1, &before);
  handle(SIGUSR1, on_signal);
  return run_both(give, take);
}
