// finds: data-race
// It detaches before the data are there.
#include "hand_over.h"

#include <sys/shm.h>

static int segment;
static void* attached;

static void give(void) {
  MUST(shmdt(attached) == 0);
  *data = kRight;
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
  return run_both(give, take);
}
