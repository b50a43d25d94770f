// finds: deadlock
// pshared is 0: the futex is private, and sem_post() wakes nobody in another process.
#include "hand_over.h"

#include <semaphore.h>

static sem_t* semaphore;

static void count(void) {
  MUST(sem_wait(semaphore) == 0);
  ++*data;
  MUST(sem_post(semaphore) == 0);
}

int main(void) {
  make_data();
  semaphore = shared_memory(sizeof *semaphore);
  MUST(sem_init(semaphore, 0, 1) == 0);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
