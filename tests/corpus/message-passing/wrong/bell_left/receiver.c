#include "rendezvous.h"

static int q;

static int failed(const char *what)
{
  perror(what);
  msgctl(q, IPC_RMID, NULL);
  semctl(sems, 0, IPC_RMID);
  return 1;
}

int main(void)
{
  struct text t;
  ssize_t n;

  q = msgget(KEY, IPC_CREAT | 0600);
  if (q == -1) {
    perror("msgget");
    return 1;
  }
  if (meet(1, 0) == -1) {
    msgctl(q, IPC_RMID, NULL);
    return 1;
  }
  while ((n = msgrcv(q, &t, sizeof t.bytes, 0, 0)) > 0)
    if (fwrite(t.bytes, 1, n, stdout) != (size_t)n)
      return failed("stdout");
  if (n == -1)
    return failed("msgrcv");
  if (fflush(stdout) == EOF)
    return failed("stdout");
  if (msgctl(q, IPC_RMID, NULL) == -1)
    return failed("msgctl");
  return 0;
}
