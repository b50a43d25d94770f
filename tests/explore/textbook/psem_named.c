// run: ./program -c
// run: ./program -p
// A named semaphore that one process waits on and another posts, with stale ones unlinked first.
#include <semaphore.h>

#include "textbook.h"

#define NAME "/psem_demo"

int main(int argc, char* argv[]) {
  int opt = getopt(argc, argv, "cp");
  int value;
  sem_t* sem;

  if (opt == 'c') {
    sem = sem_open(NAME, O_CREAT | O_EXCL, 0600, 0);
    if (sem == SEM_FAILED) errExit("sem_open");
    while (sem_wait(sem) == -1) {
      if (errno != EINTR) errExit("sem_wait");
    }
    if (sem_getvalue(sem, &value) == -1) errExit("sem_getvalue");
    printf("%ld sem_wait() succeeded, value %d\n", (long)getpid(), value);
    if (sem_unlink(NAME) == -1) errExit("sem_unlink");
  } else if (opt == 'p') {
    while ((sem = sem_open(NAME, 0)) == SEM_FAILED && errno == ENOENT) usleep(100000);
    if (sem == SEM_FAILED) errExit("sem_open");
    if (sem_post(sem) == -1) errExit("sem_post");
  } else {
    fatal("usage: %s -c | -p", argv[0]);
  }
  if (sem_close(sem) == -1) errExit("sem_close");
  exit(EXIT_SUCCESS);
}
