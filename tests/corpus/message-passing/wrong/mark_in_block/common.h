#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define QUEUE "/ipc-lab"
#define BLOCK 1024

/* nobody types this */
static const char mark[] = {1, 2, 3, 'F', 'I', 'N', 3, 2, 1};

static mqd_t open_queue(int how) {
  struct mq_attr a = {.mq_maxmsg = 8, .mq_msgsize = BLOCK};
  return mq_open(QUEUE, how | O_CREAT, 0600, &a);
}
