// finds: deadlock
// It is the main thread that gets the signal.
#include "hand_over.h"

#include <pthread.h>

static void* take(void* argument) {
  MUST(sigwaitinfo(only(SIGUSR1), NULL) == SIGUSR1);
  return argument;
}

int main(void) {
  sigset_t before;
  block(SIGUSR1, &before);
  pthread_t thread;
  MUST(pthread_create(&thread, NULL, take, NULL) == 0);
  MUST(pthread_kill(pthread_self(), SIGUSR1) == 0);
  MUST(pthread_join(thread, NULL) == 0);
  return 0;
}
