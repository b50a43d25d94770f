#include "bell.h"

static int queue = -1;
static int segment = -1;
static int all_well = 0;

static void cleanup(void)
{
  if (segment != -1 && shmctl(segment, IPC_RMID, NULL) == -1) {
    perror("shmctl");
    all_well = 0;
  }
  if (queue != -1 && msgctl(queue, IPC_RMID, NULL) == -1) {
    perror("msgctl");
    all_well = 0;
  }
}

static void work(void)
{
  char *p;
  int i;

  /* The queue comes before the segment. */
  queue = msgget(KEY, IPC_CREAT | IPC_EXCL | 0600);
  if (queue == -1) {
    perror("msgget");
    return;
  }
  segment = shmget(KEY, SIZE, IPC_CREAT | IPC_EXCL | 0600);
  if (segment == -1) {
    perror("shmget");
    return;
  }
  p = shmat(segment, NULL, 0);
  if (p == (char *)-1) {
    perror("shmat");
    return;
  }

  for (i = 0; i < SIZE - 1; i++)
    p[i] = 'a' + i;
  p[i] = 0;

  if (ring(queue, TO_CLIENT) == 0 && wait_for_bell(queue, TO_SERVER) == 0)
    all_well = 1;
}

int main(void)
{
  work();
  cleanup();
  return all_well ? EXIT_SUCCESS : EXIT_FAILURE;
}
