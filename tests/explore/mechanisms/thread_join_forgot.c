// finds: data-race
// The answer is read before the thread is waited for.
#include <pthread.h>
#include <stdlib.h>

static void *work(void *into) {
  *(int *)into = 42;
  return NULL;
}

int main(void) {
  int answer = 0;
  pthread_t worker;
  if (pthread_create(&worker, NULL, work, &answer) != 0) abort();
  const int early = answer;
  pthread_join(worker, NULL);
  return early == 1;
}
