// finds: data-race
// The data is written after the last step.
#include "futex.h"

static atomic_int* counter;

static void step(int number) {
  atomic_store(counter, number);
  MUST(futex(counter, FUTEX_WAKE, 1) >= 0);
}

static void give(void) {
  step(1);
  step(2);
  *data = kRight;
}

static void take(void) {
  int seen;
  while ((seen = atomic_load(counter)) < 2) futex(counter, FUTEX_WAIT, seen);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  counter = shared_memory(sizeof *counter);
  return run_both(give, take);
}
