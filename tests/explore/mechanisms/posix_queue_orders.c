// A message comes after its sending, and a sending that waited for room after the receipt.
#include "hand_over.h"

#include <mqueue.h>

static mqd_t queue;

static void give(void) {
  data[0] = kRight;
  MUST(mq_send(queue, "x", 1, 0) == 0);
  MUST(mq_send(queue, "y", 1, 0) == 0);
  MUST(data[1] == kRight);
}

static void take(void) {
  char byte;
  data[1] = kRight;
  MUST(mq_receive(queue, &byte, 1, NULL) == 1);
  MUST(data[0] == kRight);
}

int main(void) {
  data = shared_memory(2 * sizeof *data);
  struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 1};
  queue = mq_open("/twins", O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
  MUST(queue >= 0 && mq_unlink("/twins") == 0);
  return run_both(give, take);
}
