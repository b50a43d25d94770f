// finds: data-race
// Opened before fork(), they have one lock together.
#include "hand_over.h"

#include <sys/file.h>

static int file;

static void count(void) {
  MUST(flock(file, LOCK_EX) == 0);
  ++*data;
  MUST(flock(file, LOCK_UN) == 0);
}

int main(void) {
  make_data();
  file = open("lock", O_RDWR | O_CREAT, 0600);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
