// A table in shared memory under a read-write lock: two readers and one writer.
// FORGOT finds: data-race
// The readers take no lock.
#include <pthread.h>
#include <sys/mman.h>

#include "textbook.h"

struct table {
  pthread_rwlock_t lock;
  int first, second;
};

int main(void) {
  pthread_rwlockattr_t attr;
  struct table* t =
      mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (t == MAP_FAILED) errExit("mmap");
  pthread_rwlockattr_init(&attr);
  pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
  if (pthread_rwlock_init(&t->lock, &attr) != 0) fatal("pthread_rwlock_init");
  for (int i = 0; i < 2; i++) {
    switch (fork()) {
      case -1:
        errExit("fork");
      case 0:
#ifndef FORGOT
        pthread_rwlock_rdlock(&t->lock);
#endif
        const bool same = t->first == t->second;
#ifndef FORGOT
        pthread_rwlock_unlock(&t->lock);
#endif
        _exit(same ? EXIT_SUCCESS : EXIT_FAILURE);
    }
  }
  pthread_rwlock_wrlock(&t->lock);
  t->first++;
  t->second++;
  pthread_rwlock_unlock(&t->lock);
  int status;
  while (wait(&status) > 0) {
    if (status != 0) fatal("a reader saw half of it");
  }
  pthread_rwlock_destroy(&t->lock);
  exit(EXIT_SUCCESS);
}
