// A flag that is atomic publishes what lies beside it.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

static int message;
static atomic_int ready;

static void *work(void *unused) {
  message = 42;
  atomic_store_explicit(&ready, 1, memory_order_release);
  return unused;
}

int main(void) {
  pthread_t worker;
  if (pthread_create(&worker, NULL, work, NULL) != 0) abort();
  while (!atomic_load_explicit(&ready, memory_order_acquire)) sched_yield();
  const int got = message;
  pthread_join(worker, NULL);
  return got != 42;
}
