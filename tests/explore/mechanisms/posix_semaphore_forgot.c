// finds: data-race
// It is posted too early.
#include "hand_over.h"

#include <semaphore.h>

static sem_t* semaphore;

static void give(void) {
  MUST(sem_post(semaphore) == 0);
  *data = kRight;
}

static void take(void) {
  MUST(sem_wait(semaphore) == 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  semaphore = shared_memory(sizeof *semaphore);
  MUST(sem_init(semaphore, 1, 0) == 0);
  return run_both(give, take);
}
