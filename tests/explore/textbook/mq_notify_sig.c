// Notification of a message by a signal; the queue is drained without waiting after each, and the
// notification asked for again before.
// FORGOT finds: lost-wakeup
// The notification is asked for again only after the queue was found empty.
#include <mqueue.h>

#include "textbook.h"

#define NAME "/mq_notify_sig"
#define NOTIFY_SIG SIGUSR1

static void handler(int sig) { (void)sig; }

int main(void) {
  struct sigevent sev;
  struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 64};
  struct sigaction sa;
  sigset_t blockMask, emptyMask;
  char buffer[64];
  int left = 3;

  mqd_t mqd = mq_open(NAME, O_RDONLY | O_CREAT | O_NONBLOCK, 0600, &attr);
  if (mqd == (mqd_t)-1) errExit("mq_open");
  sigemptyset(&blockMask);
  sigaddset(&blockMask, NOTIFY_SIG);
  if (sigprocmask(SIG_BLOCK, &blockMask, NULL) == -1) errExit("sigprocmask");
  sigemptyset(&sa.sa_mask);
  sa.sa_flags = 0;
  sa.sa_handler = handler;
  if (sigaction(NOTIFY_SIG, &sa, NULL) == -1) errExit("sigaction");
  sev.sigev_notify = SIGEV_SIGNAL;
  sev.sigev_signo = NOTIFY_SIG;
  if (mq_notify(mqd, &sev) == -1) errExit("mq_notify");

  switch (fork()) {
    case -1:
      errExit("fork");
    case 0: {
      mqd_t out = mq_open(NAME, O_WRONLY);
      if (out == (mqd_t)-1) errExit("mq_open");
      for (int i = 0; i < left; i++) {
        if (mq_send(out, "message", 8, 0) == -1) errExit("mq_send");
      }
      _exit(EXIT_SUCCESS);
    }
  }
  sigemptyset(&emptyMask);
  while (left > 0) {
    sigsuspend(&emptyMask);
#ifndef FORGOT
    if (mq_notify(mqd, &sev) == -1 && errno != EBUSY) errExit("mq_notify");
#endif
    ssize_t numRead;
    while ((numRead = mq_receive(mqd, buffer, sizeof buffer, NULL)) >= 0) {
      printf("Read %ld bytes\n", (long)numRead);
      left--;
    }
    if (errno != EAGAIN) errExit("mq_receive");
#ifdef FORGOT
    if (mq_notify(mqd, &sev) == -1 && errno != EBUSY) errExit("mq_notify");
#endif
  }
  if (wait(NULL) == -1) errExit("wait");
  if (mq_close(mqd) == -1) errExit("mq_close");
  if (mq_unlink(NAME) == -1) errExit("mq_unlink");
  exit(EXIT_SUCCESS);
}
