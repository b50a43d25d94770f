// finds: data-race
// The segment is there before what is in it.
#include "hand_over.h"

#include <sys/ipc.h>
#include <sys/shm.h>

enum { kKey = 5678 };

static void give(void) {
  int* there = shmat(shmget(kKey, 4096, IPC_CREAT | IPC_EXCL | 0600), NULL, 0);
  *there = kRight;
}

static void take(void) {
  int segment;
  while ((segment = shmget(kKey, 0, 0)) < 0) nap();
  int* there = shmat(segment, NULL, 0);
  MUST(*there == kRight);
  MUST(shmctl(segment, IPC_RMID, NULL) == 0);
}

int main(void) { return run_both(give, take); }
