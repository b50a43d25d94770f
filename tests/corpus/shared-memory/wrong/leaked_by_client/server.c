#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

int sem_id = -1, shm_id = -1;

/* runs at every exit() */
void tidy(void)
{
  if (shm_id >= 0)
    shmctl(shm_id, IPC_RMID, NULL);
  if (sem_id >= 0)
    semctl(sem_id, 0, IPC_RMID);
}

int check(int result, const char *call)
{
  if (result == -1) {
    perror(call);
    exit(1);
  }
  return result;
}

int main(void)
{
  struct sembuf tell = { 0, 1, 0 }, wait = { 1, -1, 0 };
  char *m;
  int i;

  atexit(tidy);
  sem_id = check(semget(5678, 2, IPC_CREAT | IPC_EXCL | 0600), "semget");
  shm_id = check(shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600), "shmget");
  m = shmat(shm_id, NULL, 0);
  if (m == (char *)-1)
    check(-1, "shmat");

  for (i = 0; i < 26; i++)
    m[i] = 'a' + i;

  check(semop(sem_id, &tell, 1), "semop");
  check(semop(sem_id, &wait, 1), "semop");
  return 0;
}
