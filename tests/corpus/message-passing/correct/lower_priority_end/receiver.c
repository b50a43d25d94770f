#include "common.h"

/* 0 if everything was received and printed */
static int receive_all(mqd_t q)
{
  char text[MAX];
  unsigned priority;

  for (;;) {
    ssize_t n = mq_receive(q, text, sizeof text, &priority);
    if (n < 0) {
      if (errno == EINTR)
        continue;
      perror("mq_receive");
      return 1;
    }
    if (priority == PRIO_END)
      return 0;
    for (ssize_t done = 0; done < n;) {
      ssize_t w = write(STDOUT_FILENO, text + done, (size_t)(n - done));
      if (w < 0 && errno != EINTR) {
        perror("write");
        return 1;
      }
      if (w > 0)
        done += w;
    }
  }
}

int main(void)
{
  int status;
  mqd_t q = open_queue(O_RDONLY);
  if (q == (mqd_t)-1) {
    perror("mq_open");
    return 1;
  }
  status = receive_all(q);
  mq_close(q);
  if (mq_unlink(QUEUE) != 0) {
    perror("mq_unlink");
    status = 1;
  }
  return status;
}
