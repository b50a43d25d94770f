// finds: data-race
// Each of the two threads that count has a lock of its own.
#include <pthread.h>
#include <stdlib.h>

static int count;

static void *work(void *mine) {
  pthread_mutex_lock(mine);
  ++count;
  pthread_mutex_unlock(mine);
  return NULL;
}

int main(void) {
  static pthread_mutex_t locks[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
  pthread_t one, other;
  if (pthread_create(&one, NULL, work, &locks[0]) != 0) abort();
  if (pthread_create(&other, NULL, work, &locks[1]) != 0) abort();
  pthread_join(one, NULL);
  pthread_join(other, NULL);
  return count == 0;
}
