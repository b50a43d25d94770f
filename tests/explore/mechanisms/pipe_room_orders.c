// A write that waited for room comes after the read that made it.
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
  MUST(pipe(ends) == 0 && fcntl(ends[1], F_SETPIPE_SZ, sizeof bytes) == sizeof bytes);
  return run_both(give, take);
}
