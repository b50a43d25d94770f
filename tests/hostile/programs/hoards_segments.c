// Fills segments and lets go of them, so that the memory is in no process.
// Without a namespace it has no segment at all.
// expect: outcome=memory-limit left=*
// expect-CD: outcome=exited status=5
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

int main(void) {
  const size_t size = 16 << 20;
  for (int i = 0; i < 64; ++i) {
    void *memory = shmat(shmget(IPC_PRIVATE, size, IPC_CREAT | 0600), NULL, 0);
    if (memory == (void *)-1) return 5;
    memset(memory, 1, size);
    shmdt(memory);
  }
  pause();
}
