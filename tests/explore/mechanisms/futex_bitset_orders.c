// Only those are woken who wait for one of the bits.
#include "futex.h"

static atomic_int* come;

static void give(void) {
  *data = kRight;
  atomic_store(come, 1);
  futex_bits(come, FUTEX_WAKE_BITSET, 1, 6);
}

static void take(void) {
  while (atomic_load(come) == 0) futex_bits(come, FUTEX_WAIT_BITSET, 0, 3);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  come = shared_memory(sizeof *come);
  return run_both(give, take);
}
