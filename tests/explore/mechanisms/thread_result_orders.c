// Each thread has a place of its own, side by side with the other's.
#include <pthread.h>
#include <stdlib.h>

static char counts[2];

static void *work(void *mine) {
  ++*(char *)mine;
  return NULL;
}

int main(void) {
  pthread_t one, other;
  if (pthread_create(&one, NULL, work, &counts[0]) != 0) abort();
  if (pthread_create(&other, NULL, work, &counts[1]) != 0) abort();
  pthread_join(one, NULL);
  pthread_join(other, NULL);
  return counts[0] + counts[1] != 2;
}
