// finds: lost-wakeup
// The word does not change, and a wake is not remembered.
#include "futex.h"

static atomic_int* come;

static void give(void) {
  *data = kRight;
  futex(come, FUTEX_WAKE, 1);
}

static void take(void) {
  MUST(futex(come, FUTEX_WAIT, 0) == 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  come = shared_memory(sizeof *come);
  return run_both(give, take);
}
