// finds: deadlock
// One after the other, and not in the same order.
#include "hand_over.h"

#include <sys/sem.h>

static int set;

static void change(unsigned short number, short by) {
  MUST(semop(set, &(struct sembuf){number, by, 0}, 1) == 0);
}

static void count(unsigned short first) {
  change(first, -1);
  change(1 - first, -1);
  ++*data;
  change(0, 1);
  change(1, 1);
}

static void one(void) { count(0); }
static void other(void) { count(1); }

int main(void) {
  make_data();
  set = semget(IPC_PRIVATE, 2, 0600);
  MUST(semctl(set, 0, SETALL, (unsigned short[]){1, 1}) == 0);
  run_both(one, other);
  MUST(*data == 2);
  return semctl(set, 0, IPC_RMID);
}
