// Both semaphores at once, or none.
#include "hand_over.h"

#include <sys/sem.h>

static int set;

static void count(void) {
  struct sembuf take[2] = {{0, -1, 0}, {1, -1, 0}};
  struct sembuf give[2] = {{0, 1, 0}, {1, 1, 0}};
  MUST(semop(set, take, 2) == 0);
  ++*data;
  MUST(semop(set, give, 2) == 0);
}

int main(void) {
  make_data();
  set = semget(IPC_PRIVATE, 2, 0600);
  MUST(semctl(set, 0, SETALL, (unsigned short[]){1, 1}) == 0);
  run_both(count, count);
  MUST(*data == 2);
  return semctl(set, 0, IPC_RMID);
}
