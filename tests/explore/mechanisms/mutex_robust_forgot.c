// finds: deadlock
// The mutex is not robust.
#include "pthreads.h"

static pthread_mutex_t* mutex;

static void die(void) {
  if (pthread_mutex_lock(mutex) == EOWNERDEAD) pthread_mutex_consistent(mutex);
  ++*data;
}

static void die_both(void) {
  for (int i = 0; i < 2; i++) {
    pid_t child = fork();
    MUST(child >= 0);
    if (child == 0) {
      die();
      _exit(0);
    }
  }
  while (wait(NULL) > 0) continue;
}

int main(void) {
  make_data();
  mutex = shared_mutex(PTHREAD_MUTEX_DEFAULT);
  die_both();
  MUST(*data == 2);
  return 0;
}
