// A name that is looked for comes after the rename that gave it.
#include "hand_over.h"

#include <stdio.h>

static void give(void) {
  MUST(open("file", O_CREAT, 0600) >= 0);
  *data = kRight;
  MUST(rename("file", "ready") == 0);
}

static void take(void) {
  while (access("ready", F_OK) != 0) nap();
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  return run_both(give, take);
}
