// Tries again after each time-out.
#include "pthreads.h"

static pthread_mutex_t* mutex;

static void count(void) {
  struct timespec until = from_now(1);
  while (pthread_mutex_timedlock(mutex, &until) == ETIMEDOUT) until = from_now(1);
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
