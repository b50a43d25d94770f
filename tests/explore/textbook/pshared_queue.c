// A bounded buffer in a shared mapping, with a mutex and two conditions of processes.
// FORGOT finds: deadlock
// The mutex and the conditions are not shared between processes.
#include <pthread.h>
#include <sys/mman.h>

#include "textbook.h"

#define SLOTS 2
#define ITEMS 5

struct buffer {
  pthread_mutex_t lock;
  pthread_cond_t not_full, not_empty;
  int count, in, out;
  int slot[SLOTS];
};

static struct buffer* b;

static void check(int error, const char* what) {
  if (error != 0) fatal("%s: %s", what, strerror(error));
}

static void put(int item) {
  check(pthread_mutex_lock(&b->lock), "lock");
  while (b->count == SLOTS) check(pthread_cond_wait(&b->not_full, &b->lock), "wait");
  b->slot[b->in] = item;
  b->in = (b->in + 1) % SLOTS;
  b->count++;
  check(pthread_cond_signal(&b->not_empty), "signal");
  check(pthread_mutex_unlock(&b->lock), "unlock");
}

static int get(void) {
  check(pthread_mutex_lock(&b->lock), "lock");
  while (b->count == 0) check(pthread_cond_wait(&b->not_empty, &b->lock), "wait");
  const int item = b->slot[b->out];
  b->out = (b->out + 1) % SLOTS;
  b->count--;
  check(pthread_cond_signal(&b->not_full), "signal");
  check(pthread_mutex_unlock(&b->lock), "unlock");
  return item;
}

int main(void) {
  pthread_mutexattr_t ma;
  pthread_condattr_t ca;
  b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (b == MAP_FAILED) errExit("mmap");
  pthread_mutexattr_init(&ma);
#ifndef FORGOT
  pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED);
#endif
  pthread_condattr_init(&ca);
#ifndef FORGOT
  pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED);
#endif
  check(pthread_mutex_init(&b->lock, &ma), "pthread_mutex_init");
  check(pthread_cond_init(&b->not_full, &ca), "pthread_cond_init");
  check(pthread_cond_init(&b->not_empty, &ca), "pthread_cond_init");
  switch (fork()) {
    case -1:
      errExit("fork");
    case 0:
      for (int i = 1; i <= ITEMS; i++) put(i * i);
      _exit(EXIT_SUCCESS);
  }
  int sum = 0;
  for (int i = 0; i < ITEMS; i++) sum += get();
  if (wait(NULL) == -1) errExit("wait");
  printf("sum %d\n", sum);
  pthread_cond_destroy(&b->not_full);
  pthread_cond_destroy(&b->not_empty);
  pthread_mutex_destroy(&b->lock);
  exit(EXIT_SUCCESS);
}
