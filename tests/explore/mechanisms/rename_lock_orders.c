// Only one of them can move the token away.
#include "hand_over.h"

#include <stdio.h>

static void count(const char* own) {
  while (rename("token", own) != 0) nap();
  ++*data;
  MUST(rename(own, "token") == 0);
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
