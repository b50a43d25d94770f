// Each of three processes fills in a part; behind the barrier each may read all.
#include <pthread.h>
#include <sys/mman.h>

#include "textbook.h"

#define NPROC 3

struct shared {
  pthread_barrier_t barrier;
  int part[NPROC];
};

static int total(const struct shared* s) {
  int sum = 0;
  for (int i = 0; i < NPROC; i++) sum += s->part[i];
  return sum;
}

int main(void) {
  pthread_barrierattr_t attr;
  struct shared* s =
      mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (s == MAP_FAILED) errExit("mmap");
  pthread_barrierattr_init(&attr);
  pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
  if (pthread_barrier_init(&s->barrier, &attr, NPROC) != 0) fatal("pthread_barrier_init");
  for (int i = 0; i < NPROC; i++) {
    switch (fork()) {
      case -1:
        errExit("fork");
      case 0: {
        s->part[i] = i + 1;
        int rc = pthread_barrier_wait(&s->barrier);
        if (rc != 0 && rc != PTHREAD_BARRIER_SERIAL_THREAD) fatal("pthread_barrier_wait");
        if (rc == PTHREAD_BARRIER_SERIAL_THREAD) printf("last one, ");
        printf("sum %d\n", total(s));
        exit(total(s) == 6 ? EXIT_SUCCESS : EXIT_FAILURE);
      }
    }
  }
  while (wait(NULL) > 0) continue;
  pthread_barrier_destroy(&s->barrier);
  exit(EXIT_SUCCESS);
}
