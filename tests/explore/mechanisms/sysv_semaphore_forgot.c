// finds: data-race
// IPC_NOWAIT doesn't wait.
#include "hand_over.h"

#include <sys/sem.h>

static int set;

static void change(short by, short flags) { semop(set, &(struct sembuf){0, by, flags}, 1); }

static void give(void) {
  *data = kRight;
  change(1, 0);
}

static void take(void) {
  change(-1, IPC_NOWAIT);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  set = semget(IPC_PRIVATE, 1, 0600);
  MUST(set >= 0);
  run_both(give, take);
  return semctl(set, 0, IPC_RMID);
}
