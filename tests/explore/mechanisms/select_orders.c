// That there is something to read is told after it was written.
#include "hand_over.h"

#include <sys/select.h>

static int ends[2];

static void give(void) {
  *data = kRight;
  MUST(write(ends[1], "x", 1) == 1);
}

static void take(void) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(ends[0], &set);
  MUST(select(ends[0] + 1, &set, NULL, NULL, NULL) == 1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(pipe(ends) == 0);
  return run_both(give, take);
}
