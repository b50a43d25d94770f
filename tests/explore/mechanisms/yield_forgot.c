// finds: data-race
// volatile is not atomic.
#include "hand_over.h"

static volatile int* turn;

static void one(void) {
  *data = kRight;
  *turn = 1;
}

static void other(void) {
  while (*turn != 1) sched_yield();
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  turn = shared_memory(sizeof *turn);
  return run_both(one, other);
}
