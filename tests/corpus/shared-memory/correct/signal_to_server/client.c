#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "segment.h"

int main(void)
{
  char copy[27];
  segment_t *seg;
  pid_t server;
  int id;

  if ((id = shmget(SEG_KEY, sizeof(segment_t), 0)) == -1) {
    perror("client: no segment");
    return -1;
  }
  seg = (segment_t *)shmat(id, NULL, 0);
  if (seg == (segment_t *)-1) {
    perror("client: shmat");
    return -1;
  }

  while ((server = __atomic_load_n(&seg->server, __ATOMIC_ACQUIRE)) == 0)
    usleep(2000);

  strcpy(copy, seg->alphabet);
  if (kill(server, SIGUSR1) == -1) {
    perror("client: kill");
    return -1;
  }

  if (printf("%s\n", copy) < 0 || fflush(stdout) != 0) {
    perror("client: stdout");
    return -1;
  }
  return 0;
}
