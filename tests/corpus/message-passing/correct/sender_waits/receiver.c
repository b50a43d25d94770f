/* Practical 3, message queues. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/msg.h>

struct msg { long type; char text[1000]; };

static int trouble(const char *what)
{
  fprintf(stderr, "receiver: can't %s: %s\n", what, strerror(errno));
  return 1;
}

int main(void)
{
  struct msg m;
  int bad = 0;
  /* nobody else makes it, so if it exists it is a leftover, and we want to know */
  int id = msgget(5679, IPC_CREAT | IPC_EXCL | 0600);
  if (id < 0)
    return trouble("make the queue");

  while (!bad) {
    ssize_t n = msgrcv(id, &m, sizeof m.text, 0, 0);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      bad = trouble("receive");
    else if (m.type == 'e')
      break;
    else if (fwrite(m.text, n, 1, stdout) != 1)
      bad = trouble("print");
  }
  if (!bad && fflush(stdout) == EOF)
    bad = trouble("print");
  if (msgctl(id, IPC_RMID, NULL) < 0)
    bad = trouble("remove the queue");
  return bad;
}
