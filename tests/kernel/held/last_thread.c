// The first thread ends before the others do.
#include <pthread.h>

#include "held.h"

static void* finish(void* unused) {
  usleep(1000);
  puts("ok");
  fflush(stdout);
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, finish, NULL);
  pthread_exit(NULL);
}
