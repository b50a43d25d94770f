// EPIPE comes after the close of the last read end.
#include "hand_over.h"

static int ends[2];

static void give(void) {
  *data = kRight;
  close(ends[0]);
}

static void take(void) {
  close(ends[0]);
  while (write(ends[1], "x", 1) == 1) nap();
  MUST(errno == EPIPE);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(pipe(ends) == 0);
  signal(SIGPIPE, SIG_IGN);
  return run_both(give, take);
}
