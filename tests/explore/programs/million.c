// Two processes that touch what they share a million times, in an orderly way: how much a long run
// costs.
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kTimes = 500000 };

int main(void) {
  atomic_int *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                           -1, 0);
  if (count == MAP_FAILED) return 2;
  const pid_t child = fork();
  if (child < 0) return 2;
  for (int i = 0; i < kTimes; ++i) atomic_fetch_add(count, 1);
  if (child == 0) _exit(0);
  if (waitpid(child, NULL, 0) != child) return 2;
  return *count == 2 * kTimes ? 0 : 1;
}
