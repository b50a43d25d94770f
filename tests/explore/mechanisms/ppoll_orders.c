// Lets the signal come only while it waits.
#include "hand_over.h"

#include <poll.h>

static volatile sig_atomic_t told;
static sigset_t before;

static void on_signal(int number) { told = number; }

static void give(void) {
  *data = kRight;
  kill(getppid(), SIGUSR1);
}

static void take(void) {
  while (!told) MUST(ppoll(NULL, 0, NULL, &before) == -1 && errno == EINTR);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  block(SIGUSR1, &before);
  handle(SIGUSR1, on_signal);
  return run_both(give, take);
}
