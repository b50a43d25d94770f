// finds: lost-wakeup
// Waits without a look.
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
  pthread_cond_wait(condition, mutex);
  pthread_mutex_unlock(mutex);
}

int main(void) {
  make_data();
  mutex = shared_mutex(PTHREAD_MUTEX_DEFAULT);
  condition = shared_condition();
  return run_both(give, take);
}
