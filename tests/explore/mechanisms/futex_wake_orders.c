// The wake itself comes before the return of who was woken.
#include "futex.h"

static atomic_int* come;

static void give(void) {
  *data = kRight;
  while (futex(come, FUTEX_WAKE, 1) == 0) nap();
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
