// One that was made for one process, in memory of several, where nobody ever has to sleep.
#include <pthread.h>

#include "hand_over.h"

static pthread_rwlock_t* lock;

static void count(void) {
  while (pthread_rwlock_trywrlock(lock) != 0) nap();
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
