// The key of the lab must be free, and stay its own, whoever else uses it on this machine. Without a
// namespace it would be the machine's key, which it does not get.
// expect: outcome=exited status=0
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include "must.h"

int main(void) {
  const int segment = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0666);
  if (!HAS_NAMESPACES) return segment != -1;
  must_hold(segment >= 0, "a free key");
  const int *numbers = shmat(segment, NULL, 0);
  must_hold(numbers != (void *)-1, "the segment");
  usleep(300000);
  struct shmid_ds status;
  must_hold(shmctl(segment, IPC_STAT, &status) == 0 && status.shm_nattch == 1, "nobody else");
  must_hold(shmctl(segment, IPC_RMID, NULL) == 0, "its removal");
  return escaped;
}
