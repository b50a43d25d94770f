// O_EXCL: only one of them makes the file.
#include "hand_over.h"

static void count(void) {
  while (open("lock", O_CREAT | O_EXCL, 0600) < 0) nap();
  ++*data;
  MUST(unlink("lock") == 0);
}

int main(void) {
  make_data();
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
