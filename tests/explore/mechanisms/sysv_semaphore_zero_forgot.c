// finds: data-race
// It is zero from the beginning.
#include "hand_over.h"

#include <sys/sem.h>

static int set;

static void change(short by) { MUST(semop(set, &(struct sembuf){0, by, 0}, 1) == 0); }

static void give(void) {
  change(1);
  *data = kRight;
  change(-1);
}

static void take(void) {
  change(0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  set = semget(IPC_PRIVATE, 1, 0600);
  MUST(semctl(set, 0, SETVAL, 0) == 0);
  run_both(give, take);
  return semctl(set, 0, IPC_RMID);
}
