#include <pthread.h>

#include "held.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int sum;

static void* add(void* unused) {
  pthread_mutex_lock(&mutex);
  ++sum;
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  pthread_t threads[100];
  for (int i = 0; i < 100; ++i) EXPECT(pthread_create(&threads[i], NULL, add, NULL) == 0);
  for (int i = 0; i < 100; ++i) EXPECT(pthread_join(threads[i], NULL) == 0);
  EXPECT(sum == 100);
  return done();
}
