// finds: data-race
// One of the two doesn't lock.
#include "pthreads.h"

static pthread_mutex_t* mutex;

static void count(void) {
  pthread_mutex_lock(mutex);
  ++*data;
  pthread_mutex_unlock(mutex);
}

static void count_only(void) { ++*data; }

int main(void) {
  make_data();
  mutex = shared_inheriting_mutex();
  run_both(count, count_only);
  MUST(*data == 2);
  return 0;
}
