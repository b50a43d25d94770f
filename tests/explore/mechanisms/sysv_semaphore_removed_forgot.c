// finds: data-race
// It is removed before the data are there.
#include "hand_over.h"

#include <sys/sem.h>

static int set;

static void give(void) {
  MUST(semctl(set, 0, IPC_RMID) == 0);
  *data = kRight;
}

static void take(void) {
  MUST(semop(set, &(struct sembuf){0, -1, 0}, 1) != 0);
  MUST(errno == EIDRM || errno == EINVAL);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  set = semget(IPC_PRIVATE, 1, 0600);
  MUST(set >= 0);
  return run_both(give, take);
}
