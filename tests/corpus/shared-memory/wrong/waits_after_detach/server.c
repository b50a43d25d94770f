#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>
#include "box.h"
int main(void) {
  int id = shmget(KEY, sizeof(struct box), IPC_CREAT | IPC_EXCL | 0600);
  if (id < 0) { perror("shmget"); exit(1); }
  struct box *b = shmat(id, NULL, 0);
  if (b == (void *)-1) { perror("shmat"); shmctl(id, IPC_RMID, 0); exit(1); }
  int ok = 0, st;
  pid_t pid;
  if (sem_init(&b->full, 1, 0) || sem_init(&b->done, 1, 0)) { perror("sem_init"); goto out; }
  atomic_store(&b->magic, MAGIC);
  pid = fork();
  if (pid < 0) { perror("fork"); goto out; }
  if (pid == 0) {
    for (int i = 0; i < 26; i++) b->abc[i] = 'a' + i;
    _exit(0);
  }
  while (waitpid(pid, &st, 0) < 0)
    if (errno != EINTR) { perror("waitpid"); goto out; }
  if (st) { fprintf(stderr, "writer failed\n"); goto out; }
  if (sem_post(&b->full)) { perror("sem_post"); goto out; }
  shmdt(b);
  while (sem_wait(&b->done))
    if (errno != EINTR) { perror("sem_wait"); goto out; }
  ok = 1;
out:
  if (shmctl(id, IPC_RMID, 0)) { perror("shmctl"); ok = 0; }
  exit(ok ? 0 : 1);
}
