// Instrumented, and run under the small supervisor of runtime_held_test.cc, which knows what to
// expect: in this order, from the marker on.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

int plain_global;
volatile int volatile_global;
_Atomic int atomic_global;
char text[64] = "text";
int array[100];

int main(void) {
  sem_t semaphore;
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  pthread_barrier_t barrier;
  const struct timespec until = {12, 34};
  int value = 0;

  // The supervisor answers -EAGAIN, -ETIMEDOUT and the like: see there.
  EXPECT(sem_init(&semaphore, 1, 5) == 0);
  EXPECT(sem_wait(&semaphore) == 0);
  EXPECT(sem_trywait(&semaphore) == -1 && errno == EAGAIN);
  EXPECT(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &until) == -1 && errno == ETIMEDOUT);
  EXPECT(sem_getvalue(&semaphore, &value) == 0 && value == 42);
  EXPECT(sem_post(&semaphore) == 0);
  EXPECT(pthread_mutex_lock(&mutex) == EOWNERDEAD);
  EXPECT(pthread_mutex_clocklock(&mutex, CLOCK_PROCESS_CPUTIME_ID, &until) == EINVAL);
  EXPECT(pthread_cond_timedwait(&condition, &mutex, &until) == ETIMEDOUT);
  EXPECT(pthread_mutex_unlock(&mutex) == 0);
  EXPECT(pthread_barrier_init(&barrier, NULL, 3) == 0);
  EXPECT(pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD);
  EXPECT(pthread_barrier_init(&barrier, NULL, 0) == EINVAL);
  EXPECT(sem_destroy(&semaphore) == 0);
  atomic_thread_fence(memory_order_release);

  // From the first getpgrp on the log is switched on, until the second.
  (void)syscall(111);
  plain_global = 1;
  value = plain_global;
  volatile_global = value;
  atomic_fetch_add_explicit(&atomic_global, 2, memory_order_acq_rel);
  int expected = 7;
  EXPECT(!atomic_compare_exchange_strong_explicit(&atomic_global, &expected, 9,
                                                  memory_order_seq_cst, memory_order_acquire));
  for (int i = 0; i < 100; ++i) array[i] = i;
  EXPECT(strlen(text) == 4);
  free(malloc(1000));
  for (int i = 0; i < 1500; ++i) volatile_global = i;
  (void)syscall(111);
  if (failures == 0) puts("ok");
  return failures != 0;
}
