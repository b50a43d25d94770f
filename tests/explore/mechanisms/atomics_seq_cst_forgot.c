// finds: data-race
// Looks first, and says then what it wants.
#include "hand_over.h"

#include <stdatomic.h>

static struct {
  atomic_int wants[2];
} * lock;

static void count(int self) {
  while (atomic_load(&lock->wants[1 - self])) sched_yield();
  atomic_store(&lock->wants[self], 1);
  ++*data;
  atomic_store(&lock->wants[self], 0);
}

static void one(void) { count(0); }
static void other(void) { count(1); }

int main(void) {
  make_data();
  lock = shared_memory(sizeof *lock);
  run_both(one, other);
  MUST(*data == 2);
  return 0;
}
