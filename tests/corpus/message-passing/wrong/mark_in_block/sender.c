#include "common.h"

static int send_block(mqd_t q, const char *block, size_t n) {
  while (mq_send(q, block, n, 0) == -1) {
    if (errno != EINTR) {
      perror("mq_send");
      mq_unlink(QUEUE);
      return -1;
    }
  }
  return 0;
}

int main(void) {
  char block[BLOCK];
  mqd_t q = open_queue(O_WRONLY);
  if (q == (mqd_t)-1) {
    perror("mq_open");
    return 1;
  }
  for (;;) {
    ssize_t n = read(0, block, sizeof block);
    if (n == -1) {
      if (errno == EINTR) continue;
      perror("read");
      mq_unlink(QUEUE);
      return 1;
    }
    if (n == 0) break;
    if (send_block(q, block, n) == -1) return 1;
  }
  return send_block(q, mark, sizeof mark) == -1;
}
