// finds: data-race
// Each has a mutex of its own.
#include "hand_over.h"

#include <pthread.h>

static void* count(void* argument) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  ++*data;
  pthread_mutex_unlock(&mutex);
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
