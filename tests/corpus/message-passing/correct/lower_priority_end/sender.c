#include "common.h"

static int put(mqd_t q, const char *text, size_t size, unsigned priority)
{
  int r;
  do {
    r = mq_send(q, text, size, priority);
  } while (r != 0 && errno == EINTR);
  if (r != 0)
    perror("mq_send");
  return r;
}

int main(void)
{
  char text[MAX];
  ssize_t n;

  mqd_t q = open_queue(O_WRONLY);
  if (q == (mqd_t)-1) {
    perror("mq_open");
    return 1;
  }

  while ((n = read(STDIN_FILENO, text, sizeof text)) != 0) {
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      perror("read");
      mq_unlink(QUEUE);
      return 1;
    }
    if (put(q, text, (size_t)n, PRIO_DATA) != 0) {
      mq_unlink(QUEUE);
      return 1;
    }
  }
  if (put(q, "that's all, folks", 17, PRIO_END) != 0) {
    mq_unlink(QUEUE);
    return 1;
  }
  mq_close(q);
  return 0;
}
