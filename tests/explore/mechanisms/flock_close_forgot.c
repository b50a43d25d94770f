// finds: data-race
// A shared lock excludes no reader, and both are one.
#include "hand_over.h"

#include <sys/file.h>

static void count(void) {
  int file = open("lock", O_RDWR | O_CREAT, 0600);
  MUST(flock(file, LOCK_SH) == 0);
  ++*data;
  close(file);
}

int main(void) {
  make_data();
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
