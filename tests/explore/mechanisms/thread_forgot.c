// finds: data-race
// Looks before it joins.
#include "hand_over.h"

#include <pthread.h>

static void* work(void* argument) {
  *data = kRight;
  return argument;
}

int main(void) {
  make_data();
  pthread_t thread;
  MUST(pthread_create(&thread, NULL, work, NULL) == 0);
  int seen = *data;
  MUST(pthread_join(thread, NULL) == 0);
  MUST(seen == 0 || seen == kRight);
  return 0;
}
