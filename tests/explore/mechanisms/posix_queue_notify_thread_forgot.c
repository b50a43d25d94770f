// finds: data-race
// The child writes after it has sent the message.
#include <mqueue.h>
#include <semaphore.h>

#include "hand_over.h"

static sem_t seen;

static void tell(union sigval value) {
  MUST(value.sival_int == 7);
  MUST(*data == kRight || *data == 0);
  MUST(sem_post(&seen) == 0);
}

int main(void) {
  struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 1};
  mqd_t queue = mq_open("/told", O_CREAT | O_RDWR, 0600, &attributes);
  struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_value.sival_int = 7};
  event.sigev_notify_function = tell;
  make_data();
  MUST(queue != (mqd_t)-1 && mq_unlink("/told") == 0);
  MUST(sem_init(&seen, 0, 0) == 0);
  MUST(mq_notify(queue, &event) == 0);
  MUST(mq_notify(queue, &event) == -1 && errno == EBUSY);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    MUST(mq_send(queue, "", 1, 0) == 0);
    *data = kRight;
    _exit(0);
  }
  MUST(sem_wait(&seen) == 0);
  return waitpid(child, NULL, 0) == child ? 0 : 2;
}
