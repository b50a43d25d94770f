// finds: lost-wakeup
// Unlocks without the kernel though somebody waits.
#include "futex.h"

static atomic_int* lock;

static void count(void) {
  int free = 0;
  if (!atomic_compare_exchange_strong(lock, &free, gettid())) {
    MUST(futex(lock, FUTEX_LOCK_PI, 0) == 0);
  }
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
