// finds: data-race
// A flag that is volatile publishes nothing.
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

static int message;
static volatile int ready;

static void *work(void *unused) {
  message = 42;
  ready = 1;
  return unused;
}

int main(void) {
  pthread_t worker;
  if (pthread_create(&worker, NULL, work, NULL) != 0) abort();
  while (!ready) sched_yield();
  const int got = message;
  pthread_join(worker, NULL);
  return got != 42;
}
