// The sleep orders nothing, and need not: the pipe does.
#include "hand_over.h"

static int ends[2];

static void give(void) {
  *data = kRight;
  MUST(write(ends[1], "x", 1) == 1);
}

static void take(void) {
  char byte;
  sleep(1);
  MUST(read(ends[0], &byte, 1) == 1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(pipe(ends) == 0);
  return run_both(give, take);
}
