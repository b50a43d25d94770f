// Who finds a segment comes after its making; who sees it marked for removal after that.
#include "hand_over.h"

#include <sys/ipc.h>
#include <sys/shm.h>

enum { kKey = 5678 };

static void give(void) {
  data[0] = kRight;
  MUST(shmget(kKey, 4096, IPC_CREAT | IPC_EXCL | 0600) >= 0);
  while (shmget(kKey, 0, 0) >= 0) nap();
  MUST(data[1] == kRight);
}

static void take(void) {
  int segment;
  while ((segment = shmget(kKey, 0, 0)) < 0) nap();
  MUST(data[0] == kRight);
  data[1] = kRight;
  MUST(shmctl(segment, IPC_RMID, NULL) == 0);
}

int main(void) {
  data = shared_memory(2 * sizeof *data);
  return run_both(give, take);
}
