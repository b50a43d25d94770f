// finds: deadlock
// Locked crosswise.
#include "hand_over.h"

#include <pthread.h>

static pthread_mutex_t mutexes[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};

static void* count(void* argument) {
  int first = argument != NULL;
  pthread_mutex_lock(&mutexes[first]);
  pthread_mutex_lock(&mutexes[1 - first]);
  ++*data;
  pthread_mutex_unlock(&mutexes[0]);
  pthread_mutex_unlock(&mutexes[1]);
  return argument;
}

int main(void) {
  make_data();
  pthread_t thread;
  MUST(pthread_create(&thread, NULL, count, mutexes) == 0);
  count(NULL);
  MUST(pthread_join(thread, NULL) == 0);
  MUST(*data == 2);
  return 0;
}
