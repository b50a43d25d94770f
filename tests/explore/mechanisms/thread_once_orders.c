// pthread_once() is done before it returns to anybody.
#include "hand_over.h"

#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void begin(void) { *data = kRight; }

static void* look(void* argument) {
  pthread_once(&once, begin);
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
