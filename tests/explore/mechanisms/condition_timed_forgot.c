// finds: order-dependent-result
// Takes the time-out for the signal.
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
  struct timespec until = from_now(1);
  if (*data != kRight) pthread_cond_timedwait(condition, mutex, &until);
  MUST(*data == kRight);
  pthread_mutex_unlock(mutex);
}

int main(void) {
  make_data();
  mutex = shared_mutex(PTHREAD_MUTEX_DEFAULT);
  condition = shared_condition();
  return run_both(give, take);
}
