#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

static void step(const char *what, int ok)
{
  if (!ok) {
    perror(what);
    exit(EXIT_FAILURE);
  }
}

int main(void)
{
  struct sembuf ready = { 0, -1, 0 }, done = { 1, +1, 0 };
  int shm, sem, r;
  char *p;

  /* the server will come some day */
  while ((shm = shmget(5678, 27, 0)) == -1 && errno == ENOENT) {
    fprintf(stderr, "client: waiting for the server\n");
    sleep(1);
  }
  step("shmget", shm != -1);
  sem = semget(5678, 2, 0);
  step("semget", sem != -1);
  p = shmat(shm, NULL, SHM_RDONLY);
  step("shmat", p != (char *)-1);

  while ((r = semop(sem, &ready, 1)) == -1 && errno == EINTR)
    continue;
  step("semop", r == 0);
  step("puts", puts(p) != EOF && fflush(stdout) == 0);
  step("semop", semop(sem, &done, 1) == 0);
  return EXIT_SUCCESS;
}
