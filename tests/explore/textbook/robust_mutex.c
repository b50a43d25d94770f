// The owner of a robust mutex dies; the next makes the data good, and the mutex consistent.
// FORGOT finds: deadlock
// The mutex is not robust.
#include <pthread.h>
#include <sys/mman.h>

#include "textbook.h"

struct shared {
  pthread_mutex_t mtx;
  int half, whole;
};

int main(void) {
  pthread_mutexattr_t attr;
  struct shared* s =
      mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (s == MAP_FAILED) errExit("mmap");
  pthread_mutexattr_init(&attr);
#ifndef FORGOT
  pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
#endif
  pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
  if (pthread_mutex_init(&s->mtx, &attr) != 0) fatal("pthread_mutex_init");
  switch (fork()) {
    case -1:
      errExit("fork");
    case 0:
      pthread_mutex_lock(&s->mtx);
      s->half = 1;
      _exit(EXIT_SUCCESS);
  }
  int err = pthread_mutex_lock(&s->mtx);
  if (err == EOWNERDEAD) {
    s->whole = s->half;
    if (pthread_mutex_consistent(&s->mtx) != 0) fatal("pthread_mutex_consistent");
  } else if (err != 0) {
    fatal("pthread_mutex_lock");
  }
  if (s->half != s->whole) fatal("not made good");
  pthread_mutex_unlock(&s->mtx);
  wait(NULL);
  pthread_mutex_destroy(&s->mtx);
  exit(EXIT_SUCCESS);
}
