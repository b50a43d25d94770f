// One looks at a factor under the lock for each of forty numbers, counting in memory of its own;
// the other waits for the sum by looking under the lock, with a pause. Neither burns the processor.
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
  pthread_mutex_t mutex;
  int factor;
  int sum;
};

static int count;
static int multiples[40];

static void work(struct shared *shared) {
  int sum = 0;
  for (count = 0; count < 40; ++count) {
    pthread_mutex_lock(&shared->mutex);
    const int factor = shared->factor;
    pthread_mutex_unlock(&shared->mutex);
    multiples[count] = count * factor;
  }
  for (int i = 0; i < 40; ++i) sum += multiples[i];
  pthread_mutex_lock(&shared->mutex);
  shared->sum = sum;
  pthread_mutex_unlock(&shared->mutex);
}

int main(void) {
  struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 2;
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&shared->mutex, &attributes);
  shared->factor = 3;
  const pid_t child = fork();
  if (child < 0) return 2;
  if (child == 0) {
    work(shared);
    _exit(0);
  }
  int sum = 0;
  while (sum == 0) {
    usleep(1000);
    pthread_mutex_lock(&shared->mutex);
    sum = shared->sum;
    pthread_mutex_unlock(&shared->mutex);
  }
  if (waitpid(child, NULL, 0) != child) return 2;
  return sum == 2340 ? 0 : 1;
}
