// Looks at what it waits for before it waits.
#include "hand_over.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int come;

static void* give(void* argument) {
  *data = kRight;
  pthread_mutex_lock(&mutex);
  come = 1;
  pthread_mutex_unlock(&mutex);
  pthread_cond_signal(&condition);
  return argument;
}

int main(void) {
  make_data();
  pthread_t thread;
  MUST(pthread_create(&thread, NULL, give, NULL) == 0);
  pthread_mutex_lock(&mutex);
  while (!come) pthread_cond_wait(&condition, &mutex);
  pthread_mutex_unlock(&mutex);
  MUST(*data == kRight);
  MUST(pthread_join(thread, NULL) == 0);
  return 0;
}
