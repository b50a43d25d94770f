// An unlock comes before the next lock.
#include "pthreads.h"

static pthread_spinlock_t* lock;

static void count(void) {
  pthread_spin_lock(lock);
  ++*data;
  pthread_spin_unlock(lock);
}

int main(void) {
  make_data();
  lock = shared_spin_lock();
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
