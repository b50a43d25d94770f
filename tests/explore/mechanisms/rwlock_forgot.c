// finds: data-race
// Writes where others may read.
#include "pthreads.h"

static pthread_rwlock_t* lock;

static void count(void) {
  pthread_rwlock_rdlock(lock);
  ++*data;
  pthread_rwlock_unlock(lock);
}

int main(void) {
  make_data();
  lock = shared_rwlock();
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
