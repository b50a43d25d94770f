#include <pthread.h>

#include "held.h"

static void* leave(void* unused) {
  (void)unused;
  puts("ok");
  exit(0);
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, leave, NULL);
  for (;;) pause();
}
