// Made consistent again, the mutex of a dead owner goes on.
#include "pthreads.h"

static pthread_mutex_t* mutex;

static void count(void) {
  if (pthread_mutex_lock(mutex) == EOWNERDEAD) pthread_mutex_consistent(mutex);
  ++*data;
  MUST(pthread_mutex_unlock(mutex) == 0);
}

int main(void) {
  make_data();
  mutex = shared_robust_mutex();
  pid_t child = fork();
  if (child == 0) {
    MUST(pthread_mutex_lock(mutex) == 0);
    _exit(0);
  }
  MUST(waitpid(child, NULL, 0) == child);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
