/* client.c   (K. Iyer, roll no. 42) */
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/sem.h>

#define KEY 5678

main()
{
  int shmid, semid;
  char *shm;
  struct sembuf b;

  shmid = shmget(KEY, 27, 0666);
  if (shmid == -1) { perror("shmget"); exit(1); }
  semid = semget(KEY, 2, 0666);
  if (semid == -1) { perror("semget"); exit(1); }
  shm = (char *) shmat(shmid, (char *) 0, 0);
  if (shm == (char *) -1) { perror("shmat"); exit(1); }

  b.sem_num = 0; b.sem_op = -1; b.sem_flg = 0;
  while (semop(semid, &b, 1) == -1)
    if (errno != EINTR) { perror("semop"); exit(1); }

  printf("%s", shm);
  if (fflush(stdout) == EOF) { perror("printf"); exit(1); }

  b.sem_num = 1; b.sem_op = 1;
  if (semop(semid, &b, 1) == -1) { perror("semop"); exit(1); }
  exit(0);
}
