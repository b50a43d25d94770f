// A lock by one exchange.
#include "hand_over.h"

#include <stdatomic.h>

static atomic_flag* lock;

static void count(void) {
  while (atomic_flag_test_and_set_explicit(lock, memory_order_acquire)) sched_yield();
  ++*data;
  atomic_flag_clear_explicit(lock, memory_order_release);
}

int main(void) {
  make_data();
  lock = shared_memory(sizeof *lock);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
