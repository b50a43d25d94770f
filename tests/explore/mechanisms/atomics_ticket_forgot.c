// finds: order-dependent-result
// Two may draw the same ticket: the load and the store are atomic, and not both together.
#include "hand_over.h"

#include <stdatomic.h>

static struct {
  atomic_int next, served;
} * lock;

static void count(void) {
  int own = atomic_load(&lock->next);
  atomic_store(&lock->next, own + 1);
  while (atomic_load(&lock->served) < own) sched_yield();
  int count = __atomic_load_n(data, __ATOMIC_SEQ_CST);
  __atomic_store_n(data, count + 1, __ATOMIC_SEQ_CST);
  atomic_fetch_add(&lock->served, 1);
}

int main(void) {
  make_data();
  lock = shared_memory(sizeof *lock);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
