// The word holds who has the lock; the kernel hands it on.
#include "futex.h"

static atomic_int* lock;

static void count(void) {
  int free = 0;
  if (!atomic_compare_exchange_strong(lock, &free, gettid())) {
    MUST(futex(lock, FUTEX_LOCK_PI, 0) == 0);
  }
  ++*data;
  int mine = gettid();
  if (!atomic_compare_exchange_strong(lock, &mine, 0)) {
    MUST(futex(lock, FUTEX_UNLOCK_PI, 0) == 0);
  }
}

int main(void) {
  make_data();
  lock = shared_memory(sizeof *lock);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
