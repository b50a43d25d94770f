#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

int check(int result, const char *call)
{
  if (result == -1) {
    perror(call);
    exit(1);
  }
  return result;
}

char *attach(int id)
{
  char *p = shmat(id, NULL, 0);
  if (p == (char *)-1)
    check(-1, "shmat");
  return p;
}

int main(void)
{
  struct sembuf wait = { 0, -1, 0 }, tell = { 1, 1, 0 };
  int sem_id, shm_id, buffer_id;
  char *from, *buffer;

  /* a buffer of our own, only we know its id */
  buffer_id = check(shmget(IPC_PRIVATE, 100, 0600), "shmget");
  buffer = attach(buffer_id);

  shm_id = check(shmget(5678, 27, 0), "shmget");
  sem_id = check(semget(5678, 2, 0), "semget");
  from = attach(shm_id);

  check(semop(sem_id, &wait, 1), "semop");
  memcpy(buffer, from, 26);
  shmdt(from);
  check(semop(sem_id, &tell, 1), "semop");

  buffer[26] = '\n';
  if (fwrite(buffer, 27, 1, stdout) != 1 || fclose(stdout) == EOF)
    check(-1, "stdout");
  shmdt(buffer);
  return 0;
}
