// Notification of a message by a thread of the library.
// FORGOT finds: deadlock
// The notification is asked for again only after the queue was found empty.
#include <mqueue.h>
#include <pthread.h>

#include "textbook.h"

#define NAME "/mq_notify_thread"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int received;
static mqd_t mqd;

static void threadFunc(union sigval sv);

static void notifySetup(void) {
  struct sigevent sev;
  memset(&sev, 0, sizeof sev);
  sev.sigev_notify = SIGEV_THREAD;
  sev.sigev_notify_function = threadFunc;
  sev.sigev_notify_attributes = NULL;
  if (mq_notify(mqd, &sev) == -1) errExit("mq_notify");
}

static void threadFunc(union sigval sv) {
  char buffer[64];
  (void)sv;
#ifndef FORGOT
  notifySetup();
#endif
  while (mq_receive(mqd, buffer, sizeof buffer, NULL) >= 0) {
    pthread_mutex_lock(&mutex);
    received++;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
  }
  if (errno != EAGAIN) errExit("mq_receive");
#ifdef FORGOT
  notifySetup();
#endif
}

int main(void) {
  struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 64};
  mqd = mq_open(NAME, O_RDONLY | O_CREAT | O_NONBLOCK, 0600, &attr);
  if (mqd == (mqd_t)-1) errExit("mq_open");
  notifySetup();
  switch (fork()) {
    case -1:
      errExit("fork");
    case 0: {
      mqd_t out = mq_open(NAME, O_WRONLY);
      if (out == (mqd_t)-1) errExit("mq_open");
      for (int i = 0; i < 2; i++) {
#ifdef FORGOT
        if (i > 0) sleep(1);
#endif
        if (mq_send(out, "message", 8, 0) == -1) errExit("mq_send");
      }
      _exit(EXIT_SUCCESS);
    }
  }
  pthread_mutex_lock(&mutex);
  while (received < 2) pthread_cond_wait(&cond, &mutex);
  pthread_mutex_unlock(&mutex);
  if (wait(NULL) == -1) errExit("wait");
  mq_unlink(NAME);
  exit(EXIT_SUCCESS);
}
