// finds: data-race
// The position of one of them is not the other's.
#include "hand_over.h"

static void count(off_t position) {
  int file = open("lock", O_RDWR | O_CREAT, 0600);
  MUST(lseek(file, position, SEEK_SET) == position);
  MUST(lockf(file, F_LOCK, 1) == 0);
  ++*data;
  MUST(lockf(file, F_ULOCK, 1) == 0);
}

static void one(void) { count(0); }
static void other(void) { count(1); }

int main(void) {
  make_data();
  run_both(one, other);
  MUST(*data == 2);
  return 0;
}
