// finds: data-race
// The file is there under its name before the data are.
#include "hand_over.h"

static void give(void) {
  MUST(open("ready", O_CREAT, 0600) >= 0);
  *data = kRight;
}

static void take(void) {
  while (access("ready", F_OK) != 0) nap();
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  return run_both(give, take);
}
