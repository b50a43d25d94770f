// finds: data-race
// Doesn't look at what mkdir() says.
#include "hand_over.h"

#include <sys/stat.h>

static void count(void) {
  mkdir("lock", 0700);
  ++*data;
  rmdir("lock");
}

int main(void) {
  make_data();
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
