// One thread is joined, one is let go and waited for by nobody.
#include <pthread.h>
#include <sched.h>

#include "held.h"

static void* nothing(void* unused) { return unused; }

int main(void) {
  pthread_t joined, detached;
  EXPECT(pthread_create(&detached, NULL, nothing, NULL) == 0);
  EXPECT(pthread_detach(detached) == 0);
  for (int i = 0; i < 5; ++i) sched_yield();
  EXPECT(pthread_create(&joined, NULL, nothing, (void*)7) == 0);
  void* result = NULL;
  EXPECT(pthread_join(joined, &result) == 0 && result == (void*)7);
  EXPECT(pthread_join(pthread_self(), NULL) == EDEADLK);
  return done();
}
