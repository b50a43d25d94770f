// Who looks under a mutex again and again, and gives it back between the looks, waits.
#include <pthread.h>

#include "hand_over.h"

static struct {
  pthread_mutex_t mutex;
  int full;
}* shared;

static void give(void) {
  *data = kRight;
  MUST(pthread_mutex_lock(&shared->mutex) == 0);
  shared->full = 1;
  MUST(pthread_mutex_unlock(&shared->mutex) == 0);
}

static void take(void) {
  int full;
  do {
    nap();
    MUST(pthread_mutex_lock(&shared->mutex) == 0);
    full = shared->full;
    MUST(pthread_mutex_unlock(&shared->mutex) == 0);
  } while (!full);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  shared = shared_memory(sizeof *shared);
  pthread_mutexattr_t attributes;
  MUST(pthread_mutexattr_init(&attributes) == 0);
  MUST(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0);
  MUST(pthread_mutex_init(&shared->mutex, &attributes) == 0);
  return run_both(give, take);
}
