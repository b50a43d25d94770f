// A default atomic, polled with a yield: neither a race nor a hang.
#include "hand_over.h"

#include <stdatomic.h>

static atomic_int* turn;

static void one(void) {
  *data = 1;
  atomic_store(turn, 1);
  while (atomic_load(turn) != 2) sched_yield();
  MUST(*data == kRight);
}

static void other(void) {
  while (atomic_load(turn) != 1) sched_yield();
  MUST(*data == 1);
  *data = kRight;
  atomic_store(turn, 2);
}

int main(void) {
  make_data();
  turn = shared_memory(sizeof *turn);
  return run_both(one, other);
}
