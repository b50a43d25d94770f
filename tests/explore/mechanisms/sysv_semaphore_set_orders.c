// SETVAL is a V, too; GETVAL comes after what it sees.
#include "hand_over.h"

#include <sys/sem.h>

static int set;

static void give(void) {
  data[0] = kRight;
  MUST(semctl(set, 0, SETVAL, 1) == 0);
  while (semctl(set, 0, GETVAL) != 0) nap();
  MUST(data[1] == kRight);
}

static void take(void) {
  data[1] = kRight;
  MUST(semop(set, &(struct sembuf){0, -1, 0}, 1) == 0);
  MUST(data[0] == kRight);
}

int main(void) {
  data = shared_memory(2 * sizeof *data);
  set = semget(IPC_PRIVATE, 1, 0600);
  MUST(set >= 0);
  run_both(give, take);
  return semctl(set, 0, IPC_RMID);
}
