// Who finds a set by its key comes after its making; who sees by IPC_STAT that it was used, after
// that use.
#include "hand_over.h"

#include <sys/sem.h>

enum { kKey = 5678 };

static void give(void) {
  data[0] = kRight;
  int set = semget(kKey, 1, IPC_CREAT | IPC_EXCL | 0600);
  MUST(set >= 0);
  data[1] = kRight;
  MUST(semop(set, &(struct sembuf){0, 1, 0}, 1) == 0);
}

static void take(void) {
  int set;
  while ((set = semget(kKey, 1, 0600)) < 0) nap();
  MUST(data[0] == kRight);
  struct semid_ds state;
  for (;;) {
    MUST(semctl(set, 0, IPC_STAT, &state) == 0);
    if (state.sem_otime != 0) break;
    nap();
  }
  MUST(data[1] == kRight);
  MUST(semctl(set, 0, IPC_RMID) == 0);
}

int main(void) {
  data = shared_memory(2 * sizeof *data);
  return run_both(give, take);
}
