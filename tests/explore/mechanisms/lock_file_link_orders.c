// link() fails where the name is there.
#include "hand_over.h"

static void count(void) {
  while (link("file", "lock") != 0) nap();
  ++*data;
  MUST(unlink("lock") == 0);
}

int main(void) {
  make_data();
  MUST(open("file", O_CREAT, 0600) >= 0);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
