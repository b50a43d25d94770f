#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define TO_CLIENT "/tmp/to_client"
#define TO_SERVER "/tmp/to_server"

void error(char *text)
{
  perror(text);
  exit(1);
}

int main(void)
{
  FILE *from_server, *to_server;
  char *text, word[10];
  int shmid;

  shmid = shmget(5678, 27, 0);
  if (shmid == -1)
    error("shmget");
  from_server = fopen(TO_CLIENT, "r");
  if (from_server == NULL)
    error(TO_CLIENT);
  to_server = fopen(TO_SERVER, "w");
  if (to_server == NULL)
    error(TO_SERVER);
  text = shmat(shmid, NULL, SHM_RDONLY);
  if (text == (char *)-1)
    error("shmat");

  if (fgets(word, sizeof word, from_server) == NULL || strcmp(word, "go\n") != 0) {
    fprintf(stderr, "client: server does not say go\n");
    exit(1);
  }
  printf("%s\n", text);
  if (fflush(stdout) == EOF)
    error("stdout");

  fprintf(to_server, "thanks");
  if (fclose(to_server) == EOF)
    error(TO_SERVER);
  return 0;
}
