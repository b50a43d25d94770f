// A segment of more than the memory limit, touched to its end. Without a namespace there is none.
// expect: outcome=memory-limit left=*
// expect-B: outcome=memory-limit|exited left=*
// expect-CD: outcome=exited status=5
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

int main(void) {
  const size_t size = 1UL << 30;
  void *memory = shmat(shmget(5678, size, IPC_CREAT | 0600), NULL, 0);
  if (memory == (void *)-1) return 5;
  memset(memory, 1, size);
  return 0;
}
