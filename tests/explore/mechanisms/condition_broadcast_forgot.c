// finds: deadlock
// Wakes one of the two.
#include "pthreads.h"

static pthread_mutex_t* mutex;
static pthread_cond_t* condition;

static void give(void) {
  pthread_mutex_lock(mutex);
  *data = kRight;
  pthread_cond_signal(condition);
  pthread_mutex_unlock(mutex);
}

static void take(void) {
  pthread_mutex_lock(mutex);
  while (*data != kRight) pthread_cond_wait(condition, mutex);
  pthread_mutex_unlock(mutex);
}

static void take_both(void) { run_both(take, take); }

int main(void) {
  make_data();
  mutex = shared_mutex(PTHREAD_MUTEX_DEFAULT);
  condition = shared_condition();
  return run_both(take_both, give);
}
