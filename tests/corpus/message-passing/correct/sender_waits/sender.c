/* Practical 3, message queues. The receiver owns the queue: it alone makes and removes it, and the
   sender waits until there is one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/msg.h>
#include <time.h>
#include <unistd.h>

struct msg { long type; char text[1000]; };

int main(void)
{
  const struct timespec pause = { 0, 50 * 1000 * 1000 };
  struct msg m = { .type = 'd' };
  int id;
  ssize_t n;

  while ((id = msgget(5679, 0)) < 0) {
    if (errno != ENOENT) {
      fprintf(stderr, "sender: can't open the queue: %s\n", strerror(errno));
      return 1;
    }
    nanosleep(&pause, NULL);
  }

  do {
    do
      n = read(STDIN_FILENO, m.text, sizeof m.text);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
      /* The receiver waits for the end and would do so for ever: take the queue away. */
      fprintf(stderr, "sender: can't read: %s\n", strerror(errno));
      msgctl(id, IPC_RMID, NULL);
      return 1;
    }
    if (n == 0)
      m.type = 'e';
    while (msgsnd(id, &m, n, 0) < 0) {
      if (errno == EINTR)
        continue;
      fprintf(stderr, "sender: can't send: %s\n", strerror(errno));
      msgctl(id, IPC_RMID, NULL);
      return 1;
    }
  } while (n > 0);
  return 0;
}
