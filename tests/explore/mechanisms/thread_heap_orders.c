// Pointers go from thread to thread through a pipe, and the memory behind them is used again and
// again: by the one thread after the other has freed it, which malloc's own locks order.
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static int ends[2];

static void *produce(void *unused) {
  for (int i = 0; i < 3; ++i) {
    int *number = malloc(sizeof *number);
    if (number == NULL) abort();
    *number = i;
    if (write(ends[1], &number, sizeof number) != sizeof number) abort();
  }
  return unused;
}

int main(void) {
  pthread_t producer;
  int sum = 0;
  if (pipe(ends) != 0) abort();
  if (pthread_create(&producer, NULL, produce, NULL) != 0) abort();
  for (int i = 0; i < 3; ++i) {
    int *number = NULL;
    if (read(ends[0], &number, sizeof number) != sizeof number) abort();
    sum += *number;
    free(number);
    char *scratch = malloc(sizeof *number);
    if (scratch == NULL) abort();
    scratch = realloc(scratch, sizeof *number + 8);
    if (scratch == NULL) abort();
    scratch[sizeof *number] = (char)sum;
    free(scratch);
  }
  pthread_join(producer, NULL);
  close(ends[0]);
  close(ends[1]);
  return sum != 3;
}
