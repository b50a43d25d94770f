// finds: deadlock
// A private futex wakes only threads of the same process.
#include "futex.h"

static atomic_int* come;

static void give(void) {
  atomic_store(come, 1);
  futex(come, FUTEX_WAKE_PRIVATE, 1);
}

static void take(void) {
  while (atomic_load(come) == 0) futex(come, FUTEX_WAIT_PRIVATE, 0);
}

int main(void) {
  come = shared_memory(sizeof *come);
  return run_both(give, take);
}
