// finds: data-race
// rename() replaces what is there, and so fails for nobody.
#include "hand_over.h"

#include <stdio.h>

static void count(const char* own) {
  MUST(open(own, O_CREAT, 0600) >= 0);
  while (rename(own, "lock") != 0) nap();
  ++*data;
  unlink("lock");
}

static void one(void) { count("one"); }
static void other(void) { count("other"); }

int main(void) {
  make_data();
  run_both(one, other);
  MUST(*data == 2);
  return 0;
}
