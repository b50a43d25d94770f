// finds: deadlock
// The reader holds the write end itself.
#include "hand_over.h"

static int ends[2];

static void give(void) {
  *data = kRight;
  close(ends[1]);
}

static void take(void) {
  char byte;
  MUST(read(ends[0], &byte, 1) == 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(pipe(ends) == 0);
  return run_both(give, take);
}
