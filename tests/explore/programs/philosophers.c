// Three philosophers who eat once, with a semaphore for each fork. Without ORDERED each takes the
// left fork first: all may hold one and wait for the other.
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kCount = 3 };

static void dine(sem_t* forks, int number) {
  int first = number, second = (number + 1) % kCount;
#ifdef ORDERED
  if (first > second) {
    int swap = first;
    first = second;
    second = swap;
  }
#endif
  sem_wait(&forks[first]);
  sem_wait(&forks[second]);
  sem_post(&forks[second]);
  sem_post(&forks[first]);
}

int main(void) {
  sem_t* forks =
      mmap(NULL, kCount * sizeof *forks, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (forks == MAP_FAILED) return 2;
  for (int i = 0; i < kCount; i++) sem_init(&forks[i], 1, 1);
  for (int i = 0; i < kCount; i++) {
    pid_t child = fork();
    if (child < 0) return 2;
    if (child == 0) {
      dine(forks, i);
      _exit(0);
    }
  }
  while (wait(NULL) > 0) {
  }
  return 0;
}
