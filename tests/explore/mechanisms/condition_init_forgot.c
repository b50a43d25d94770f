// finds: deadlock
// Makes the condition when somebody may wait at it already.
#include "pthreads.h"

static pthread_mutex_t* mutex;
static pthread_cond_t* condition;

static void give(void) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  MUST(pthread_cond_init(condition, &attributes) == 0);
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

int main(void) {
  make_data();
  mutex = shared_mutex(PTHREAD_MUTEX_DEFAULT);
  condition = shared_memory(sizeof *condition);
  return run_both(give, take);
}
