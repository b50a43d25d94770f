// finds: deadlock
// Who waits sets it to its first value, and so may undo the V.
#include "hand_over.h"

#include <sys/sem.h>

static int set;

static void give(void) {
  *data = kRight;
  MUST(semop(set, &(struct sembuf){0, 1, 0}, 1) == 0);
}

static void take(void) {
  MUST(semctl(set, 0, SETVAL, 0) == 0);
  MUST(semop(set, &(struct sembuf){0, -1, 0}, 1) == 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  set = semget(IPC_PRIVATE, 1, 0600);
  MUST(set >= 0);
  run_both(give, take);
  return semctl(set, 0, IPC_RMID);
}
