// finds: data-race
// That the set is there does not say that it was used.
#include "hand_over.h"

#include <sys/sem.h>

enum { kKey = 5678 };

static void give(void) {
  int set = semget(kKey, 1, IPC_CREAT | IPC_EXCL | 0600);
  MUST(set >= 0);
  *data = kRight;
  MUST(semop(set, &(struct sembuf){0, 1, 0}, 1) == 0);
}

static void take(void) {
  int set;
  while ((set = semget(kKey, 1, 0600)) < 0) nap();
  MUST(*data == kRight);
  MUST(semctl(set, 0, IPC_RMID) == 0);
}

int main(void) {
  make_data();
  return run_both(give, take);
}
