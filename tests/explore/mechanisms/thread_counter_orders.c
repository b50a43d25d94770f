// Two threads count under a lock, in memory that no other process has.
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int count;

static void *work(void *unused) {
  pthread_mutex_lock(&lock);
  ++count;
  pthread_mutex_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t one, other;
  if (pthread_create(&one, NULL, work, NULL) != 0) abort();
  if (pthread_create(&other, NULL, work, NULL) != 0) abort();
  pthread_join(one, NULL);
  pthread_join(other, NULL);
  return count != 2;
}
