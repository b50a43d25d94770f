// Locks that belong to what was opened, here by each.
#include "hand_over.h"

static void change(int file, short type) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_len = 1};
  MUST(fcntl(file, F_OFD_SETLKW, &lock) == 0);
}

static void count(void) {
  int file = open("lock", O_RDWR | O_CREAT, 0600);
  change(file, F_WRLCK);
  ++*data;
  change(file, F_UNLCK);
}

int main(void) {
  make_data();
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
