// finds: data-race
// Doesn't look at what pthread_mutex_trylock() says.
#include "pthreads.h"

static pthread_mutex_t* mutex;

static void count(void) {
  pthread_mutex_trylock(mutex);
  ++*data;
  pthread_mutex_unlock(mutex);
}

int main(void) {
  make_data();
  mutex = shared_mutex(PTHREAD_MUTEX_ERRORCHECK);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
