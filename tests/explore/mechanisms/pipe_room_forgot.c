// finds: data-race
// The pipe has room for both writes.
#include "hand_over.h"

static int ends[2];
static char bytes[4096];

static void give(void) {
  *data = kRight;
  MUST(read(ends[0], bytes, sizeof bytes) == sizeof bytes);
}

static void take(void) {
  MUST(write(ends[1], bytes, sizeof bytes) == sizeof bytes);
  MUST(write(ends[1], "x", 1) == 1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(pipe(ends) == 0);
  return run_both(give, take);
}
