/* server.c   (K. Iyer, roll no. 42) */
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/sem.h>

#define KEY 5678

int shmid = -1;
int semid = -1;

void quit(msg, code)
char *msg;
int code;
{
  if (msg) perror(msg);
  if (shmid != -1) shmctl(shmid, IPC_RMID, 0);
  if (semid != -1) semctl(semid, 0, IPC_RMID, 0);
  exit(code);
}

/* sem 0: data is there    sem 1: data is taken */
void sem(num, op)
int num, op;
{
  struct sembuf b;
  b.sem_num = num;
  b.sem_op = op;
  b.sem_flg = 0;
  while (semop(semid, &b, 1) == -1) {
    if (errno == EINTR) continue;
    quit("semop", 1);
  }
}

main()
{
  char *shm;
  int i;

  semid = semget(KEY, 2, IPC_CREAT | IPC_EXCL | 0666);
  if (semid == -1) quit("semget", 1);
  shmid = shmget(KEY, 27, IPC_CREAT | IPC_EXCL | 0666);
  if (shmid == -1) quit("shmget", 1);
  shm = (char *) shmat(shmid, (char *) 0, 0);
  if (shm == (char *) -1) quit("shmat", 1);

  for (i = 0; i < 26; i++) shm[i] = 'a' + i;
  shm[26] = '\0';

  sem(0, 1);
  sem(1, -1);
  quit((char *) 0, 0);
}
