// finds: livelock
// Both wait for the other, one of them with pauses.
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
  atomic_int go, never;
};

int main(void) {
  struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 2;
  const pid_t child = fork();
  if (child < 0) return 2;
  if (child == 0) {
    while (!shared->go) sched_yield();
    _exit(0);
  }
  while (!shared->never) usleep(100000);
  shared->go = 1;
  return waitpid(child, NULL, 0) == child ? 0 : 2;
}
