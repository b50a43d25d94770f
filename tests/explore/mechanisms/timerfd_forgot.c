// finds: data-race
// That a second has passed says nothing of what another did in it.
#include "hand_over.h"

#include <sys/timerfd.h>

static int timer;

static void give(void) { *data = kRight; }

static void take(void) {
  struct itimerspec once = {{0, 0}, {1, 0}};
  MUST(timerfd_settime(timer, 0, &once, NULL) == 0);
  unsigned long times;
  MUST(read(timer, &times, sizeof times) == sizeof times && times == 1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  timer = timerfd_create(CLOCK_MONOTONIC, 0);
  MUST(timer >= 0);
  return run_both(give, take);
}
