// What a thread leaves on its creator's stack is read when it has ended.
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
  pthread_join(worker, NULL);
  return answer != 42;
}
