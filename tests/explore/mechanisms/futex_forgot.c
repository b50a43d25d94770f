// finds: lost-wakeup
// What it tells the kernel to compare with is not what it has seen.
#include "futex.h"

static atomic_int* come;

static void give(void) {
  *data = kRight;
  atomic_store(come, 1);
  futex(come, FUTEX_WAKE, 1);
}

static void take(void) {
  while (atomic_load(come) == 0) futex(come, FUTEX_WAIT, atomic_load(come));
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  come = shared_memory(sizeof *come);
  return run_both(give, take);
}
