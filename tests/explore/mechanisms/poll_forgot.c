// finds: data-race
// Takes the time-out for the event.
#include "hand_over.h"

#include <poll.h>

static int ends[2];

static void give(void) {
  *data = kRight;
  MUST(write(ends[1], "x", 1) == 1);
}

static void take(void) {
  struct pollfd wait = {ends[0], POLLIN, 0};
  poll(&wait, 1, 1000);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(pipe(ends) == 0);
  return run_both(give, take);
}
