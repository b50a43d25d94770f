// Two ranges, locked by both in the same order.
#include "hand_over.h"

static int file;

static void change(short type, off_t byte) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
  MUST(fcntl(file, F_SETLKW, &lock) == 0);
}

static void count(off_t first) {
  change(F_WRLCK, first);
  change(F_WRLCK, 1 - first);
  ++*data;
  change(F_UNLCK, 0);
  change(F_UNLCK, 1);
}

static void one(void) { count(0); }
static void other(void) { count(0); }

int main(void) {
  make_data();
  file = open("lock", O_RDWR | O_CREAT, 0600);
  run_both(one, other);
  MUST(*data == 2);
  return 0;
}
