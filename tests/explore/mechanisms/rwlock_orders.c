// Readers together, a writer alone.
#include "pthreads.h"

static pthread_rwlock_t* lock;

static void count(void) {
  pthread_rwlock_wrlock(lock);
  ++*data;
  pthread_rwlock_unlock(lock);
  pthread_rwlock_rdlock(lock);
  MUST(*data > 0);
  pthread_rwlock_unlock(lock);
}

int main(void) {
  make_data();
  lock = shared_rwlock();
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
