// finds: deadlock
// A reader-writer lock that was made for one process: who unlocks it wakes nobody in another.
#include <pthread.h>

#include "hand_over.h"

static pthread_rwlock_t* lock;

static void count(void) {
  MUST(pthread_rwlock_wrlock(lock) == 0);
  ++*data;
  MUST(pthread_rwlock_unlock(lock) == 0);
}

int main(void) {
  make_data();
  lock = shared_memory(sizeof *lock);
  MUST(pthread_rwlock_init(lock, NULL) == 0);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
