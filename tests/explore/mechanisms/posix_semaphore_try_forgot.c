// finds: data-race
// Doesn't look at what sem_trywait() says.
#include "hand_over.h"

#include <semaphore.h>

static sem_t* semaphore;

static void give(void) {
  *data = kRight;
  MUST(sem_post(semaphore) == 0);
}

static void take(void) {
  sem_trywait(semaphore);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  semaphore = shared_memory(sizeof *semaphore);
  MUST(sem_init(semaphore, 1, 0) == 0);
  return run_both(give, take);
}
