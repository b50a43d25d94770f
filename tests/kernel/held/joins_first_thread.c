#include <pthread.h>

#include "held.h"

static pthread_t first;

static void* join(void* unused) {
  EXPECT(pthread_join(first, NULL) == 0);
  exit(done());
  return unused;
}

int main(void) {
  pthread_t other;
  first = pthread_self();
  pthread_create(&other, NULL, join, NULL);
  pthread_exit(NULL);
}
