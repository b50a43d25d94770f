// A mutex that was made for several processes.
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
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  mutex = shared_memory(sizeof *mutex);
  pthread_mutex_init(mutex, &attributes);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
