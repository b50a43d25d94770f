// Threads that nobody joins run one beside the other, and a later one may get the stack of an
// earlier one, which nothing of the program's orders.
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

static sem_t done;

static void fill(char *buffer, int with) { memset(buffer, with, 64); }

static void *work(void *unused) {
  char buffer[64];
  fill(buffer, 'x');
  const char last = buffer[63];
  sem_post(&done);
  return last == 'x' ? unused : NULL;
}

int main(void) {
  pthread_attr_t detached;
  if (sem_init(&done, 0, 0) != 0) abort();
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  for (int i = 0; i < 3; ++i) {
    pthread_t worker;
    if (pthread_create(&worker, &detached, work, NULL) != 0) abort();
    if (i > 0) sem_wait(&done);
  }
  sem_wait(&done);
  pthread_attr_destroy(&detached);
  return 0;
}
