// finds: data-race
// Nobody waits until the thread has read what main looks at.
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static int ends[2];
static char letters[4];

static void *fetch(void *unused) {
  if (read(ends[0], letters, sizeof letters) != sizeof letters) abort();
  return unused;
}

int main(void) {
  pthread_t reader;
  if (pipe(ends) != 0) abort();
  if (write(ends[1], "abcd", 4) != 4) abort();
  if (pthread_create(&reader, NULL, fetch, NULL) != 0) abort();
  const char last = letters[3];
  pthread_join(reader, NULL);
  close(ends[0]);
  close(ends[1]);
  return last == 'x';
}
