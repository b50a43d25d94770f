// Two processes, a hundred increments each, and nothing orders them: updates are lost. (volatile
// makes the compiler do them one by one.)
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kTimes = 100 };

static void count(volatile int* counter) {
  for (int i = 0; i < kTimes; i++) *counter = *counter + 1;
}

int main(void) {
  volatile int* counter =
      mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (counter == MAP_FAILED) return 2;
  pid_t child = fork();
  if (child < 0) return 2;
  count(counter);
  if (child == 0) _exit(0);
  waitpid(child, NULL, 0);
  printf("%d\n", *counter);
  return *counter == 2 * kTimes ? 0 : 1;
}
