// pthread_create() comes before the thread, and all that it did before pthread_join().
#include "hand_over.h"

#include <pthread.h>

static void* work(void* argument) {
  MUST(*data == 1);
  *data = kRight;
  return argument;
}

int main(void) {
  make_data();
  *data = 1;
  pthread_t thread;
  MUST(pthread_create(&thread, NULL, work, NULL) == 0);
  MUST(pthread_join(thread, NULL) == 0);
  MUST(*data == kRight);
  return 0;
}
