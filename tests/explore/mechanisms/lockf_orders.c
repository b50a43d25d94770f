// lockf() locks from the position on.
#include "hand_over.h"

static void count(void) {
  int file = open("lock", O_RDWR | O_CREAT, 0600);
  MUST(lockf(file, F_LOCK, 1) == 0);
  ++*data;
  MUST(lockf(file, F_ULOCK, 1) == 0);
}

int main(void) {
  make_data();
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
