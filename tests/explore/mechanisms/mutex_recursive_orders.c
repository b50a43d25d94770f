// Who has a recursive mutex may lock it again.
#include "pthreads.h"

static pthread_mutex_t* mutex;

static void count(void) {
  pthread_mutex_lock(mutex);
  pthread_mutex_lock(mutex);
  ++*data;
  pthread_mutex_unlock(mutex);
  ++*data;
  pthread_mutex_unlock(mutex);
}

int main(void) {
  make_data();
  mutex = shared_mutex(PTHREAD_MUTEX_RECURSIVE);
  run_both(count, count);
  MUST(*data == 4);
  return 0;
}
