// finds: deadlock
// The child ends with the semaphore.
#include "hand_over.h"

#include <sys/sem.h>

static int set;

static void count(void) {
  MUST(semop(set, &(struct sembuf){0, -1, 0}, 1) == 0);
  ++*data;
}

int main(void) {
  make_data();
  set = semget(IPC_PRIVATE, 1, 0600);
  MUST(semctl(set, 0, SETVAL, 1) == 0);
  pid_t child = fork();
  MUST(child >= 0);
  count();
  if (child == 0) _exit(0);
  MUST(semop(set, &(struct sembuf){0, 1, 0}, 1) == 0);
  MUST(waitpid(child, NULL, 0) == child);
  MUST(*data == 2);
  return semctl(set, 0, IPC_RMID);
}
