// finds: lost-wakeup
// Of a message that is already there no notification comes.
#include <mqueue.h>

#include "hand_over.h"

static mqd_t queue;
static sigset_t told;

static void give(void) {
  *data = kRight;
  MUST(mq_send(queue, "x", 1, 0) == 0);
}

static void take(void) {
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
  MUST(mq_notify(queue, &event) == 0);
  MUST(sigwaitinfo(&told, NULL) == SIGUSR1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  sigemptyset(&told);
  sigaddset(&told, SIGUSR1);
  sigprocmask(SIG_BLOCK, &told, NULL);
  struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 1};
  queue = mq_open("/twins", O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
  MUST(queue >= 0 && mq_unlink("/twins") == 0);
  return run_both(give, take);
}
