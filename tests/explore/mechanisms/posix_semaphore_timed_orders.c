// Tries again after each time-out.
#include "hand_over.h"

#include <semaphore.h>

static sem_t* semaphore;

static void give(void) {
  *data = kRight;
  MUST(sem_post(semaphore) == 0);
}

static void take(void) {
  struct timespec until;
  do {
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1;
  } while (sem_timedwait(semaphore, &until) != 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  semaphore = shared_memory(sizeof *semaphore);
  MUST(sem_init(semaphore, 1, 0) == 0);
  return run_both(give, take);
}
