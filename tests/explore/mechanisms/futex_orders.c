// The kernel looks at the word and begins to wait in one step.
#include "futex.h"

static atomic_int* come;

static void give(void) {
  *data = kRight;
  atomic_store(come, 1);
  futex(come, FUTEX_WAKE, 1);
}

static void take(void) {
  while (atomic_load(come) == 0) futex(come, FUTEX_WAIT, 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  come = shared_memory(sizeof *come);
  return run_both(give, take);
}
