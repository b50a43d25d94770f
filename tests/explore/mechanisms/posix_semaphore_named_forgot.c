// finds: data-race
// Its first value is 1.
#include "hand_over.h"

#include <semaphore.h>

static sem_t* opened(void) {
  sem_t* semaphore = sem_open("/twins", O_CREAT, 0600, 1);
  MUST(semaphore != SEM_FAILED);
  return semaphore;
}

static void give(void) {
  sem_t* semaphore = opened();
  *data = kRight;
  MUST(sem_post(semaphore) == 0);
}

static void take(void) {
  MUST(sem_wait(opened()) == 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  run_both(give, take);
  return sem_unlink("/twins");
}
