// finds: data-race
// Takes the time-out for the V.
#include "hand_over.h"

#include <sys/sem.h>

static int set;

static void give(void) {
  *data = kRight;
  MUST(semop(set, &(struct sembuf){0, 1, 0}, 1) == 0);
}

static void take(void) {
  struct timespec second = {1, 0};
  semtimedop(set, &(struct sembuf){0, -1, 0}, 1, &second);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  set = semget(IPC_PRIVATE, 1, 0600);
  MUST(set >= 0);
  run_both(give, take);
  return semctl(set, 0, IPC_RMID);
}
