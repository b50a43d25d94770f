// finds: data-race
// Looks, and then makes it.
#include "hand_over.h"

static void count(void) {
  while (access("lock", F_OK) == 0) nap();
  MUST(open("lock", O_CREAT, 0600) >= 0);
  ++*data;
  unlink("lock");
}

int main(void) {
  make_data();
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
