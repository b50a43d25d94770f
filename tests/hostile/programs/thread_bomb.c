// Threads count as processes do.
// expect: outcome=process-limit
// link: -pthread
#include <pthread.h>
#include <unistd.h>

static void *sleep_on(void *nothing) {
  pause();
  return nothing;
}

int main(void) {
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);  // or the address space is the first to end
  for (;;) {
    pthread_t thread;
    pthread_create(&thread, &small, sleep_on, NULL);
  }
}
