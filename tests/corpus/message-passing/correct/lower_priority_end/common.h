#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define QUEUE "/ipc-lab"
#define MAX   1024

/* Within a priority messages stay in order, and higher ones come first. So the end, which is the
   lowest, can never come before the data. */
#define PRIO_DATA 7
#define PRIO_END  3

static inline mqd_t open_queue(int flags)
{
  struct mq_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.mq_maxmsg = 4;
  attr.mq_msgsize = MAX;
  return mq_open(QUEUE, flags | O_CREAT, S_IRUSR | S_IWUSR, &attr);
}
