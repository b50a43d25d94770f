// finds: data-race
// The byte is written too early.
#include "hand_over.h"

static int ends[2];

static void give(void) {
  MUST(write(ends[1], "x", 1) == 1);
  *data = kRight;
}

static void take(void) {
  char byte;
  MUST(read(ends[0], &byte, 1) == 1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(pipe(ends) == 0);
  return run_both(give, take);
}
