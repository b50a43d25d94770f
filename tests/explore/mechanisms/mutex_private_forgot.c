// finds: deadlock
// Not process-shared: the unlock wakes nobody in another process.
#include "hand_over.h"

#include <pthread.h>

static pthread_mutex_t* mutex;

static void count(void) {
  pthread_mutex_lock(mutex);
  ++*data;
  pthread_mutex_unlock(mutex);
}

int main(void) {
  make_data();
  mutex = shared_memory(sizeof *mutex);
  pthread_mutex_init(mutex, NULL);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
