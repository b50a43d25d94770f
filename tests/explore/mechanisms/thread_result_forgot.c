// finds: order-dependent-result
// The update that a thread loses makes the sum wrong, in some orders only.
#include <pthread.h>
#include <stdlib.h>

static int count;

static void *work(void *unused) {
  ++count;
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
