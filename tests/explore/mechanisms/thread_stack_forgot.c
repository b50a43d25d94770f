// finds: data-race
// All threads get the address of the one loop variable.
#include <pthread.h>
#include <stdlib.h>

static void *work(void *number) { return (void *)(long)(*(int *)number == 7); }

int main(void) {
  pthread_t workers[2];
  for (int i = 0; i < 2; ++i) {
    if (pthread_create(&workers[i], NULL, work, &i) != 0) abort();
  }
  for (int i = 0; i < 2; ++i) pthread_join(workers[i], NULL);
  return 0;
}
