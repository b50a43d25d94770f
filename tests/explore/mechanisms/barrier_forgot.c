// finds: deadlock
// It waits for three.
#include "pthreads.h"

static pthread_barrier_t* barrier;

static void one(void) {
  data[0] = kRight;
  pthread_barrier_wait(barrier);
  MUST(data[1] == kRight);
}

static void other(void) {
  data[1] = kRight;
  pthread_barrier_wait(barrier);
  MUST(data[0] == kRight);
}

int main(void) {
  data = shared_memory(2 * sizeof *data);
  barrier = shared_barrier(3);
  return run_both(one, other);
}
