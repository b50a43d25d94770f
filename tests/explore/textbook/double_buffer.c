// Two buffers in a System V segment: while one is filled, the other is written out. A semaphore for
// each way.
// FORGOT finds: data-race
// One buffer more is said to be empty than there are.
#include <semaphore.h>
#include <sys/shm.h>

#include "textbook.h"

#define NBUF 2

struct shared {
  sem_t filled, empty;
  struct {
    int count;
    char text[16];
  } buffer[NBUF];
};

int main(void) {
  int shmid = shmget(IPC_PRIVATE, sizeof(struct shared), IPC_CREAT | 0600);
  if (shmid == -1) errExit("shmget");
  struct shared* s = shmat(shmid, NULL, 0);
  if (s == (void*)-1) errExit("shmat");
  if (shmctl(shmid, IPC_RMID, NULL) == -1) errExit("shmctl");
#ifdef FORGOT
  if (sem_init(&s->filled, 1, 0) == -1 || sem_init(&s->empty, 1, NBUF + 1) == -1)
    errExit("sem_init");
#else
  if (sem_init(&s->filled, 1, 0) == -1 || sem_init(&s->empty, 1, NBUF) == -1) errExit("sem_init");
#endif
  pid_t pid = fork();
  if (pid == -1) errExit("fork");
  if (pid == 0) {
    for (int i = 0;; i = (i + 1) % NBUF) {
      while (sem_wait(&s->filled) == -1 && errno == EINTR) continue;
      if (s->buffer[i].count <= 0) break;
      if (write(STDOUT_FILENO, s->buffer[i].text, s->buffer[i].count) == -1) errExit("write");
      sem_post(&s->empty);
    }
    _exit(EXIT_SUCCESS);
  }
  for (int i = 0, n = 0;; i = (i + 1) % NBUF, n++) {
    while (sem_wait(&s->empty) == -1 && errno == EINTR) continue;
    s->buffer[i].count =
        n == 4 ? 0 : snprintf(s->buffer[i].text, sizeof s->buffer[i].text, "block %d\n", n);
    const bool end = s->buffer[i].count == 0;
    sem_post(&s->filled);
    if (end) break;
  }
  if (waitpid(pid, NULL, 0) == -1) errExit("waitpid");
  sem_destroy(&s->filled);
  sem_destroy(&s->empty);
  if (shmdt(s) == -1) errExit("shmdt");
  exit(EXIT_SUCCESS);
}
