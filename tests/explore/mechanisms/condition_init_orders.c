// Makes the condition inside the mutex, and says so; nobody waits at it before.
#include "pthreads.h"

static pthread_mutex_t* mutex;
static struct {
  pthread_cond_t changed;
  int is_made;
}* state;

static void give(void) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_lock(mutex);
  MUST(pthread_cond_init(&state->changed, &attributes) == 0);
  state->is_made = 1;
  pthread_mutex_unlock(mutex);
  pthread_mutex_lock(mutex);
  *data = kRight;
  pthread_cond_signal(&state->changed);
  pthread_mutex_unlock(mutex);
}

static void take(void) {
  pthread_mutex_lock(mutex);
  while (!state->is_made) {
    pthread_mutex_unlock(mutex);
    usleep(1000);
    pthread_mutex_lock(mutex);
  }
  while (*data != kRight) pthread_cond_wait(&state->changed, mutex);
  pthread_mutex_unlock(mutex);
}

int main(void) {
  make_data();
  mutex = shared_mutex(PTHREAD_MUTEX_DEFAULT);
  state = shared_memory(sizeof *state);
  return run_both(give, take);
}
