// The end of a process closes its write end: the end of the file comes after all that it did.
#include "hand_over.h"

static int ends[2];

static void give(void) { *data = kRight; }

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
