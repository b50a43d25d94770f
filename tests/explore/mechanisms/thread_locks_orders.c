// Two mutexes, locked by both in the same order.
#include "hand_over.h"

#include <pthread.h>

static pthread_mutex_t mutexes[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};

static void* count(void* argument) {
  pthread_mutex_lock(&mutexes[0]);
  pthread_mutex_lock(&mutexes[1]);
  ++*data;
  pthread_mutex_unlock(&mutexes[1]);
  pthread_mutex_unlock(&mutexes[0]);
  return argument;
}

int main(void) {
  make_data();
  pthread_t thread;
  MUST(pthread_create(&thread, NULL, count, NULL) == 0);
  count(NULL);
  MUST(pthread_join(thread, NULL) == 0);
  MUST(*data == 2);
  return 0;
}
