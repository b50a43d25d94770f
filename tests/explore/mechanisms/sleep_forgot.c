// finds: data-race
// Nothing but the sleep.
#include "hand_over.h"

static void give(void) { *data = kRight; }

static void take(void) {
  sleep(1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  return run_both(give, take);
}
