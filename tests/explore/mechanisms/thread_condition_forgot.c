// finds: lost-wakeup
// Waits without a look.
#include "hand_over.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static void* give(void* argument) {
  *data = kRight;
  pthread_cond_signal(&condition);
  return argument;
}

int main(void) {
  make_data();
  pthread_t thread;
  MUST(pthread_create(&thread, NULL, give, NULL) == 0);
  pthread_mutex_lock(&mutex);
  pthread_cond_wait(&condition, &mutex);
  pthread_mutex_unlock(&mutex);
  MUST(*data == kRight);
  MUST(pthread_join(thread, NULL) == 0);
  return 0;
}
