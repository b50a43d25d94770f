// One process publishes a number by an atomic flag, which the other looks at until it is set.
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
  atomic_int ready;
  int number;
};

int main(void) {
  struct shared *shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) abort();
  const pid_t child = fork();
  if (child < 0) abort();
  if (child == 0) {
    shared->number = 42;
    atomic_store(&shared->ready, 1);
    _exit(0);
  }
  while (!atomic_load(&shared->ready)) sched_yield();
  const int number = shared->number;
  if (waitpid(child, NULL, 0) != child) abort();
  return number != 42;
}
