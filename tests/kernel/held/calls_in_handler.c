// A handler that calls what it may not, and one that does as it should.
#define _GNU_SOURCE
#include <signal.h>

#include "held.h"

static void careless(int signal) {
  printf("got %d\n", signal);
  errno = ENOENT;
}

static void careful(int signal) {
  (void)signal;
  const int kept = errno;
  write(2, "x", 1);
  errno = kept;
}

int main(void) {
  struct sigaction action = {.sa_handler = careless};
  sigaction(SIGUSR1, &action, NULL);
  action.sa_handler = careful;
  sigaction(SIGUSR2, &action, NULL);
  puts("before");
  errno = EDOM;
  raise(SIGUSR2);
  EXPECT(errno == EDOM);
  raise(SIGUSR1);
  raise(SIGUSR1);
  puts("after");
  free(malloc(10));
  return failures;
}
