// finds: data-race
// A relaxed store publishes nothing.
#include "hand_over.h"

#include <stdatomic.h>

static atomic_int* ready;

static void give(void) {
  *data = kRight;
  atomic_store_explicit(ready, 1, memory_order_relaxed);
}

static void take(void) {
  while (atomic_load_explicit(ready, memory_order_acquire) == 0) sched_yield();
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  ready = shared_memory(sizeof *ready);
  return run_both(give, take);
}
