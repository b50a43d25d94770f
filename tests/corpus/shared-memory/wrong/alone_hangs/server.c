#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

#define READY 0
#define DONE  1

static struct { int sem, shm; } ids = { -1, -1 };

static int destroy(void)
{
  int r = 0;
  if (ids.shm != -1)
    r |= shmctl(ids.shm, IPC_RMID, NULL);
  if (ids.sem != -1)
    r |= semctl(ids.sem, 0, IPC_RMID);
  return r;
}

static void step(const char *what, int ok)
{
  if (!ok) {
    perror(what);
    destroy();
    exit(EXIT_FAILURE);
  }
}

int main(void)
{
  struct sembuf ready = { READY, +1, 0 }, done = { DONE, -1, 0 };
  char *p;
  int r;

  ids.sem = semget(5678, 2, 0600 | IPC_CREAT | IPC_EXCL);
  step("semget", ids.sem != -1);
  ids.shm = shmget(5678, 27, 0600 | IPC_CREAT | IPC_EXCL);
  step("shmget", ids.shm != -1);
  p = shmat(ids.shm, NULL, 0);
  step("shmat", p != (char *)-1);

  for (r = 0; r < 26; r++)
    p[r] = 'a' + r;

  step("semop", semop(ids.sem, &ready, 1) == 0);
  while ((r = semop(ids.sem, &done, 1)) == -1 && errno == EINTR)
    continue;
  step("semop", r == 0);

  return destroy() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
