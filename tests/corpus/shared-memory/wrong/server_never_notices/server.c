#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/types.h>

#define TO_CLIENT "/tmp/to_client"
#define TO_SERVER "/tmp/to_server"

int shmid = -1;

void the_end(int status)
{
  if (shmid != -1)
    shmctl(shmid, IPC_RMID, NULL);
  remove(TO_CLIENT);
  remove(TO_SERVER);
  exit(status);
}

void error(char *text)
{
  perror(text);
  the_end(1);
}

/* Open for reading and writing, then it never waits and there is never an end of file. */
FILE *open_fifo(char *name)
{
  FILE *f = fopen(name, "r+");
  if (f == NULL)
    error(name);
  return f;
}

int main(void)
{
  struct shmid_ds stat;
  FILE *to_client, *to_server;
  char *text, answer[80];

  if (mkfifo(TO_CLIENT, 0600) == -1 || mkfifo(TO_SERVER, 0600) == -1)
    error("mkfifo");
  to_client = open_fifo(TO_CLIENT);
  to_server = open_fifo(TO_SERVER);

  shmid = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600);
  if (shmid == -1)
    error("shmget");
  text = shmat(shmid, NULL, 0);
  if (text == (char *)-1)
    error("shmat");
  strcpy(text, "abcdefghijklmnopqrstuvwxyz");

  /* as soon as the client is attached the key can go */
  do {
    usleep(1000);
    if (shmctl(shmid, IPC_STAT, &stat) == -1)
      error("shmctl");
  } while (stat.shm_nattch < 2);
  if (shmctl(shmid, IPC_RMID, NULL) == -1)
    error("shmctl");
  shmid = -1;

  fprintf(to_client, "go\n");
  if (fflush(to_client) == EOF)
    error(TO_CLIENT);

  if (fgets(answer, sizeof answer, to_server) == NULL)
    error(TO_SERVER);
  fprintf(stderr, "server: client says %s", answer);
  the_end(0);
}
