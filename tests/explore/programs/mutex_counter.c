// The twin of racy_counter.c whose increments are under a mutex of both processes.
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kTimes = 5 };

struct shared {
  pthread_mutex_t mutex;
  int counter;
};

static void count(struct shared* shared) {
  for (int i = 0; i < kTimes; i++) {
    pthread_mutex_lock(&shared->mutex);
    shared->counter = shared->counter + 1;
    pthread_mutex_unlock(&shared->mutex);
  }
}

int main(void) {
  struct shared* shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 2;
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&shared->mutex, &attributes);
  pid_t child = fork();
  if (child < 0) return 2;
  count(shared);
  if (child == 0) _exit(0);
  waitpid(child, NULL, 0);
  printf("%d\n", shared->counter);
  return shared->counter == 2 * kTimes ? 0 : 1;
}
