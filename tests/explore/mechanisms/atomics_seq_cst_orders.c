// Peterson's lock: says what it wants, and then gives the other the turn.
#include "hand_over.h"

#include <stdatomic.h>

static struct {
  atomic_int wants[2], turn;
} * lock;

static void count(int self) {
  atomic_store(&lock->wants[self], 1);
  atomic_store(&lock->turn, 1 - self);
  while (atomic_load(&lock->wants[1 - self]) && atomic_load(&lock->turn) == 1 - self) sched_yield();
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
