// finds: data-race
// Looks and takes in two steps.
#include "hand_over.h"

#include <stdatomic.h>

static atomic_int* lock;

static void count(void) {
  while (atomic_load(lock) != 0) sched_yield();
  atomic_store(lock, 1);
  ++*data;
  atomic_store(lock, 0);
}

int main(void) {
  make_data();
  lock = shared_memory(sizeof *lock);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
