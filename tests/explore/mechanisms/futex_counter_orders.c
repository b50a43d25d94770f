// A counter with a wake-up for each step: who is woken by the first may read after the second.
#include "futex.h"

static atomic_int* counter;

static void step(int number) {
  atomic_store(counter, number);
  MUST(futex(counter, FUTEX_WAKE, 1) >= 0);
}

static void give(void) {
  step(1);
  *data = kRight;
  step(2);
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
