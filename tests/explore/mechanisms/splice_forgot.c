// finds: data-race
// The byte is moved on too early.
#include "hand_over.h"

static int first[2], second[2];

static void give(void) {
  MUST(splice(first[0], NULL, second[1], NULL, 1, 0) == 1);
  *data = kRight;
}

static void take(void) {
  char byte;
  MUST(read(second[0], &byte, 1) == 1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(pipe(first) == 0 && pipe(second) == 0);
  MUST(write(first[1], "x", 1) == 1);
  return run_both(give, take);
}
