// finds: data-race
// The producer goes on writing where it has sent the reader already.
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static int ends[2];

static void *produce(void *unused) {
  int *number = malloc(sizeof *number);
  if (number == NULL) abort();
  *number = 1;
  if (write(ends[1], &number, sizeof number) != sizeof number) abort();
  *number = 2;
  return unused;
}

int main(void) {
  pthread_t producer;
  int *number = NULL;
  if (pipe(ends) != 0) abort();
  if (pthread_create(&producer, NULL, produce, NULL) != 0) abort();
  if (read(ends[0], &number, sizeof number) != sizeof number) abort();
  const int got = *number;
  pthread_join(producer, NULL);
  free(number);
  close(ends[0]);
  close(ends[1]);
  return got == 0;
}
