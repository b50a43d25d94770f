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
  size_t n;

  q = msgget(KEY, IPC_CREAT | 0600);
  if (q == -1) {
    perror("msgget");
    return 1;
  }
  if (meet(0, 1) == -1) {
    msgctl(q, IPC_RMID, NULL);
    return 1;
  }
  t.type = 1;
  while ((n = fread(t.bytes, 1, sizeof t.bytes, stdin)) > 0)
    if (msgsnd(q, &t, n, 0) == -1)
      return failed("msgsnd");
  if (ferror(stdin))
    return failed("stdin");
  if (msgsnd(q, &t, 0, 0) == -1)
    return failed("msgsnd");
  return 0;
}
