// finds: data-race
// A flag of its own, set when all is not yet done.
#include "hand_over.h"

#include <pthread.h>
#include <stdatomic.h>

static atomic_int begun;

static void* look(void* argument) {
  if (atomic_exchange(&begun, 1) == 0) *data = kRight;
  MUST(*data == kRight);
  return argument;
}

int main(void) {
  make_data();
  pthread_t thread;
  MUST(pthread_create(&thread, NULL, look, NULL) == 0);
  look(NULL);
  MUST(pthread_join(thread, NULL) == 0);
  return 0;
}
