// Two processes of `argv[1]` and `argv[2]` steps: on one counter, or with a third word each on its own.
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  atomic_int* counters =
      mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (counters == MAP_FAILED) return 2;
  const pid_t child = fork();
  const int steps = atoi(argv[child == 0 ? 1 : 2]);
  atomic_int* own = &counters[argc > 3 && child == 0 ? 1 : 0];
  for (int i = 0; i < steps; ++i) atomic_fetch_add(own, 1);
  if (child == 0) _exit(0);
  return waitpid(child, NULL, 0) == child ? 0 : 1;
}
