// A futex of two processes.
#include "futex.h"

static atomic_int* come;

static void give(void) {
  atomic_store(come, 1);
  futex(come, FUTEX_WAKE, 1);
}

static void take(void) {
  while (atomic_load(come) == 0) futex(come, FUTEX_WAIT, 0);
}

int main(void) {
  come = shared_memory(sizeof *come);
  return run_both(give, take);
}
