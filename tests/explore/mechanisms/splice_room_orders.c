// A splice that waited for room comes after the read that made it.
#include "hand_over.h"

static int first[2], second[2];
static char bytes[4096];

static void give(void) {
  *data = kRight;
  MUST(read(second[0], bytes, sizeof bytes) == sizeof bytes);
}

static void take(void) {
  MUST(write(second[1], bytes, sizeof bytes) == sizeof bytes);
  MUST(splice(first[0], NULL, second[1], NULL, 1, 0) == 1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(pipe(first) == 0 && pipe(second) == 0);
  MUST(fcntl(second[1], F_SETPIPE_SZ, sizeof bytes) == sizeof bytes);
  MUST(write(first[1], "x", 1) == 1);
  return run_both(give, take);
}
