// finds: order-dependent-result
// Reads in one critical section and writes in another: no race, and an update is lost.
#include "pthreads.h"

static pthread_mutex_t* mutex;

static void count(void) {
  pthread_mutex_lock(mutex);
  int count = *data;
  pthread_mutex_unlock(mutex);
  pthread_mutex_lock(mutex);
  *data = count + 1;
  pthread_mutex_unlock(mutex);
}

int main(void) {
  make_data();
  mutex = shared_mutex(PTHREAD_MUTEX_DEFAULT);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
