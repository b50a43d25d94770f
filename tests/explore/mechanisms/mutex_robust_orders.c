// The next one learns that the owner has died, and comes after all that it did.
#include "pthreads.h"

static pthread_mutex_t* mutex;

static void die(void) {
  if (pthread_mutex_lock(mutex) == EOWNERDEAD) pthread_mutex_consistent(mutex);
  ++*data;
}

int main(void) {
  make_data();
  mutex = shared_robust_mutex();
  run_both(die, die);
  MUST(pthread_mutex_unlock(mutex) == 0);
  MUST(*data == 2);
  return 0;
}
