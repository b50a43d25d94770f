#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "segment.h"

static int get_segment(void)
{
  int id = shmget(SEG_KEY, sizeof(segment_t), IPC_CREAT | 0600);
  if (id == -1 && errno == EINVAL) {
    /* Somebody left a segment that is too small for us. Away with it. */
    int old = shmget(SEG_KEY, 0, 0);
    if (old != -1 && shmctl(old, IPC_RMID, NULL) != -1)
      id = shmget(SEG_KEY, sizeof(segment_t), IPC_CREAT | 0600);
  }
  return id;
}

int main(int argc, char *argv[])
{
  sigset_t usr1;
  segment_t *seg;
  int id, sig, i;

  (void)argc;

  /* Block SIGUSR1 first of all: then it waits for us if it comes early, and can't kill us. */
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  if (sigprocmask(SIG_BLOCK, &usr1, NULL) == -1) {
    perror("sigprocmask");
    return -1;
  }

  if ((id = get_segment()) == -1) {
    perror(argv[0]);
    return -1;
  }
  seg = (segment_t *)shmat(id, NULL, 0);
  if (seg == (segment_t *)-1) {
    perror("shmat");
    goto bad;
  }

  for (i = 0; i < 26; i++)
    seg->alphabet[i] = "abcdefghijklmnopqrstuvwxyz"[i];
  seg->alphabet[26] = '\0';
  __atomic_store_n(&seg->server, getpid(), __ATOMIC_RELEASE);

  do {
    sig = sigwaitinfo(&usr1, NULL);
  } while (sig == -1 && errno == EINTR);
  if (sig == -1) {
    perror("sigwaitinfo");
    goto bad;
  }

  if (shmctl(id, IPC_RMID, NULL) == -1) {
    perror("shmctl");
    return -1;
  }
  return 0;

bad:
  if (shmctl(id, IPC_RMID, NULL) == -1)
    perror("shmctl");
  return -1;
}
