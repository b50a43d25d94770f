// pthread_kill() comes before the thread's sigwait() returns.
#include "hand_over.h"

#include <pthread.h>

static void* take(void* argument) {
  MUST(sigwaitinfo(only(SIGUSR1), NULL) == SIGUSR1);
  MUST(*data == kRight);
  return argument;
}

int main(void) {
  make_data();
  sigset_t before;
  block(SIGUSR1, &before);
  pthread_t thread;
  MUST(pthread_create(&thread, NULL, take, NULL) == 0);
  *data = kRight;
  MUST(pthread_kill(thread, SIGUSR1) == 0);
  MUST(pthread_join(thread, NULL) == 0);
  return 0;
}
