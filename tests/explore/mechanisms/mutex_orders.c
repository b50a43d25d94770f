// An unlock comes before the next lock.
#include "pthreads.h"

static pthread_mutex_t* mutex;

static void count(void) {
  pthread_mutex_lock(mutex);
  ++*data;
  pthread_mutex_unlock(mutex);
}

int main(void) {
  make_data();
  mutex = shared_mutex(PTHREAD_MUTEX_DEFAULT);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
