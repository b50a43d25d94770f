// Wants 32,000 of each.
// expect: outcome=exited status=0 left=*
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "must.h"

int main(void) {
  int segments = 0;
  while (segments < 32000 && shmget(IPC_PRIVATE, 1, IPC_CREAT | 0600) >= 0) ++segments;
  must_hold(segments < 32000, "a limit of segments");
  return escaped;
}
