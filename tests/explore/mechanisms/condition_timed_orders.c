// Looks again after each time-out.
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
  while (*data != kRight) {
    struct timespec until = from_now(1);
    pthread_cond_timedwait(condition, mutex, &until);
  }
  pthread_mutex_unlock(mutex);
}

int main(void) {
  make_data();
  mutex = shared_mutex(PTHREAD_MUTEX_DEFAULT);
  condition = shared_condition();
  return run_both(give, take);
}
