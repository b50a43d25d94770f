// finds: order-dependent-result
// The post may come too late.
#include <semaphore.h>

#include "hand_over.h"

static sem_t* semaphore;

static void give(void) { MUST(sem_post(semaphore) == 0); }

static void take(void) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 1;
  MUST(sem_timedwait(semaphore, &until) == 0);
}

int main(void) {
  semaphore = shared_memory(sizeof *semaphore);
  MUST(sem_init(semaphore, 1, 0) == 0);
  return run_both(give, take);
}
