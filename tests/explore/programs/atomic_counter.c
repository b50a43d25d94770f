// The twin of racy_counter.c whose increments are atomic.
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kTimes = 100 };

static void count(atomic_int* counter) {
  for (int i = 0; i < kTimes; i++) atomic_fetch_add(counter, 1);
}

int main(void) {
  atomic_int* counter =
      mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (counter == MAP_FAILED) return 2;
  pid_t child = fork();
  if (child < 0) return 2;
  count(counter);
  if (child == 0) _exit(0);
  waitpid(child, NULL, 0);
  printf("%d\n", atomic_load(counter));
  return atomic_load(counter) == 2 * kTimes ? 0 : 1;
}
