// Tickets: who draws first is served first.
#include "hand_over.h"

#include <stdatomic.h>

static struct {
  atomic_int next, served;
} * lock;

static void count(void) {
  int own = atomic_fetch_add_explicit(&lock->next, 1, memory_order_relaxed);
  while (atomic_load_explicit(&lock->served, memory_order_acquire) != own) sched_yield();
  ++*data;
  atomic_fetch_add_explicit(&lock->served, 1, memory_order_release);
}

int main(void) {
  make_data();
  lock = shared_memory(sizeof *lock);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
