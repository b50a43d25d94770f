// finds: data-race
// Not made consistent, it can't be locked any more (ENOTRECOVERABLE), and nobody looks.
#include "pthreads.h"

static pthread_mutex_t* mutex;

static void count(void) {
  pthread_mutex_lock(mutex);
  ++*data;
  pthread_mutex_unlock(mutex);
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
  run_both(count, count);
  return 0;
}
