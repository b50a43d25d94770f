// mkdir() fails where the name is there.
#include "hand_over.h"

#include <sys/stat.h>

static void count(void) {
  while (mkdir("lock", 0700) != 0) nap();
  ++*data;
  MUST(rmdir("lock") == 0);
}

int main(void) {
  make_data();
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
