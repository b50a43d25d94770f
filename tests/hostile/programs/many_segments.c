// Wants more of each than the kernel has by itself: 32,000 sets and queues, 4,096 segments.
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
  int sets = 0;
  while (sets < 33000 && semget(IPC_PRIVATE, 1, IPC_CREAT | 0600) >= 0) ++sets;
  must_hold(sets < 33000, "a limit of semaphore sets");
  must_fail(semget(IPC_PRIVATE, 32000, IPC_CREAT | 0600), "a set of 32,000 semaphores");
  int queues = 0;
  while (queues < 33000 && msgget(IPC_PRIVATE, IPC_CREAT | 0600) >= 0) ++queues;
  must_hold(queues < 33000, "a limit of queues");
  return escaped;
}
