// Fills segments and lets go of them, so that the memory is in no process.
// expect: outcome=memory-limit left=*
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

int main(void) {
  const size_t size = 16 << 20;
  for (int i = 0; i < 64; ++i) {
    void *memory = shmat(shmget(IPC_PRIVATE, size, IPC_CREAT | 0600), NULL, 0);
    if (memory == (void *)-1) break;
    memset(memory, 1, size);
    shmdt(memory);
  }
  pause();
}
