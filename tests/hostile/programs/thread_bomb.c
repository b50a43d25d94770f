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
  for (;;) {
    pthread_t thread;
    pthread_create(&thread, NULL, sleep_on, NULL);
  }
}
