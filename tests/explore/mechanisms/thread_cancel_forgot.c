// finds: deadlock
// Nothing gives the mutex back that the cancelled thread was given for its end.
#include <pthread.h>
#include <semaphore.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static sem_t also_never;

static void *wait_for_a_signal(void *unused) {
  pthread_mutex_lock(&mutex);
  for (;;) pthread_cond_wait(&never, &mutex);
  return unused;
}

static void *wait_for_a_post(void *unused) {
  for (;;) sem_wait(&also_never);
  return unused;
}

static int cancel(void *(*waits)(void *)) {
  pthread_t thread;
  void *result = NULL;
  if (pthread_create(&thread, NULL, waits, NULL) != 0) return 1;
  if (pthread_cancel(thread) != 0 || pthread_join(thread, &result) != 0) return 1;
  return result != PTHREAD_CANCELED;
}

int main(void) {
  if (sem_init(&also_never, 0, 0) != 0) return 2;
  if (cancel(wait_for_a_signal) != 0 || cancel(wait_for_a_post) != 0) return 1;
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  return 0;
}
