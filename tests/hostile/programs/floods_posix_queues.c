// As many POSIX queues as there may be, each as large as it may be.
// expect: outcome=exited status=0 left=*
#include <fcntl.h>
#include <mqueue.h>

#include "must.h"

int main(void) {
  int queues = 0;
  for (; queues < 1000; ++queues) {
    char name[32];
    sprintf(name, "/escape%d", queues);
    struct mq_attr most = {.mq_maxmsg = 10, .mq_msgsize = 8192};
    const mqd_t queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0666, &most);
    if (queue == (mqd_t)-1) break;
    mq_close(queue);
  }
  must_hold(queues < 1000, "a limit of queues");
  return escaped;
}
