// finds: data-race
// The write end is closed before the data are there.
#include "hand_over.h"

static int ends[2];

static void give(void) {
  close(ends[1]);
  *data = kRight;
}

static void take(void) {
  close(ends[1]);
  char byte;
  MUST(read(ends[0], &byte, 1) == 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(pipe(ends) == 0);
  return run_both(give, take);
}
