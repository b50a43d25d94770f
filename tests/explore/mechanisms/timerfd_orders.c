// Who reads that the timer fired comes after its setting.
#include "hand_over.h"

#include <sys/timerfd.h>

static int timer;

static void give(void) {
  struct itimerspec once = {{0, 0}, {1, 0}};
  *data = kRight;
  MUST(timerfd_settime(timer, 0, &once, NULL) == 0);
}

static void take(void) {
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
