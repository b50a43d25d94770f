// Who sees by IPC_STAT that the other has detached comes after that.
#include "hand_over.h"

#include <sys/shm.h>

static int segment;
static void* attached;

static void give(void) {
  *data = kRight;
  MUST(shmdt(attached) == 0);
}

static void take(void) {
  struct shmid_ds state;
  for (;;) {
    MUST(shmctl(segment, IPC_STAT, &state) == 0);
    if (state.shm_nattch == 1) break;
    nap();
  }
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  segment = shmget(IPC_PRIVATE, 4096, 0600);
  attached = shmat(segment, NULL, 0);
  MUST(attached != (void*)-1 && shmctl(segment, IPC_RMID, NULL) == 0);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    give();
    pause();
  }
  take();
  kill(child, SIGKILL);
  MUST(waitpid(child, NULL, 0) == child);
  return 0;
}
