// POLLHUP comes after the last close of a write end.
#include "hand_over.h"

#include <poll.h>

static int ends[2];

static void give(void) {
  *data = kRight;
  close(ends[1]);
}

static void take(void) {
  close(ends[1]);
  struct pollfd wait = {ends[0], POLLIN, 0};
  MUST(poll(&wait, 1, -1) == 1 && wait.revents == POLLHUP);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(pipe(ends) == 0);
  return run_both(give, take);
}
