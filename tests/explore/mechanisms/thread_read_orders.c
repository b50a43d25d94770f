// What a thread reads from a pipe into memory of all is looked at once it says so.
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

static int ends[2];
static char letters[4];
static sem_t ready;

static void *fetch(void *unused) {
  if (read(ends[0], letters, sizeof letters) != sizeof letters) abort();
  sem_post(&ready);
  return unused;
}

int main(void) {
  pthread_t reader;
  if (pipe(ends) != 0 || sem_init(&ready, 0, 0) != 0) abort();
  if (write(ends[1], "abcd", 4) != 4) abort();
  if (pthread_create(&reader, NULL, fetch, NULL) != 0) abort();
  sem_wait(&ready);
  const char last = letters[3];
  pthread_join(reader, NULL);
  close(ends[0]);
  close(ends[1]);
  return last != 'd';
}
