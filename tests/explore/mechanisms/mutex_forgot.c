// finds: data-race
// It is unlocked before the data are written.
#include "pthreads.h"

static pthread_mutex_t* mutex;

static void count(void) {
  pthread_mutex_lock(mutex);
  int count = *data;
  pthread_mutex_unlock(mutex);
  *data = count + 1;
}

int main(void) {
  make_data();
  mutex = shared_mutex(PTHREAD_MUTEX_DEFAULT);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
