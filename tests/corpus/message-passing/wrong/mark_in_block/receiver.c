#include "common.h"

static int print(const char *block, ssize_t n) {
  while (n > 0) {
    ssize_t w = write(1, block, n);
    if (w == -1) {
      if (errno == EINTR) continue;
      perror("write");
      return -1;
    }
    block += w;
    n -= w;
  }
  return 0;
}

int main(void) {
  char block[BLOCK];
  int result = 0;
  mqd_t q = open_queue(O_RDONLY);
  if (q == (mqd_t)-1) {
    perror("mq_open");
    return 1;
  }
  for (;;) {
    ssize_t n = mq_receive(q, block, sizeof block, NULL);
    if (n == -1) {
      if (errno == EINTR) continue;
      perror("mq_receive");
      result = 1;
      break;
    }
    if (n == sizeof mark && memcmp(block, mark, n) == 0) break;
    if (print(block, n) == -1) {
      result = 1;
      break;
    }
  }
  if (mq_unlink(QUEUE) == -1) {
    perror("mq_unlink");
    result = 1;
  }
  return result;
}
