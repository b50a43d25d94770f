// finds: livelock
// Nobody brings the token back.
#include "hand_over.h"

#include <stdio.h>

static void count(const char* own) {
  while (rename("token", own) != 0) sleep(1);
  ++*data;
}

static void one(void) { count("one"); }
static void other(void) { count("other"); }

int main(void) {
  make_data();
  MUST(open("token", O_CREAT, 0600) >= 0);
  run_both(one, other);
  MUST(*data == 2);
  return 0;
}
