#include "alarm.h"

static int leave(int q, const char *why)
{
  fprintf(stderr, "receiver: %s: %s\n", why, strerror(errno));
  msgctl(q, IPC_RMID, NULL);
  return 1;
}

int main(void)
{
  struct packet p;
  ssize_t n;
  int q, begun = 0;

  if (catch_alarm() < 0) {
    perror("receiver: sigaction");
    return 1;
  }
  q = msgget(KEY, IPC_CREAT | 0600);
  if (q < 0) {
    perror("receiver: msgget");
    return 1;
  }

  for (;;) {
    late = 0;
    if (begun)                  /* before that, we have time */
      alarm(SECONDS);
    while ((n = msgrcv(q, &p, sizeof p.text, 0, 0)) < 0) {
      if (errno != EINTR)
        return leave(q, "msgrcv");
      if (late)
        return leave(q, "the sender seems to be dead");
    }
    alarm(0);
    begun = 1;
    if (p.type == 2)
      break;
    if (fwrite(p.text, 1, n, stdout) != (size_t)n)
      return leave(q, "stdout");
  }
  if (fflush(stdout) != 0)
    return leave(q, "stdout");
  if (msgctl(q, IPC_RMID, NULL) < 0) {
    perror("receiver: msgctl");
    return 1;
  }
  return 0;
}
