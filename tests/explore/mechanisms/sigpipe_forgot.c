// finds: crash
// SIGPIPE is not ignored.
#include "hand_over.h"

static int ends[2];

static void give(void) {
  *data = kRight;
  close(ends[0]);
}

static void take(void) {
  close(ends[0]);
  while (write(ends[1], "x", 1) == 1) nap();
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(pipe(ends) == 0);
  return run_both(give, take);
}
