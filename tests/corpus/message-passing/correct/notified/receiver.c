/* Lets the kernel send SIGUSR1 when the queue gets its first message, and takes out all there are,
   without ever waiting in mq_receive.  */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE 3000

enum state { WAIT, DONE, FAILED };

static enum state
failed (const char *what)
{
  fprintf (stderr, "%s: %s\n", what, strerror (errno));
  return FAILED;
}

/* Until the queue is empty or the end has come.  */
static enum state
take_all (mqd_t q)
{
  char buf[SIZE];

  for (;;)
    {
      ssize_t n = mq_receive (q, buf, SIZE, NULL);
      if (n < 0 && errno == EAGAIN)
        return WAIT;
      if (n < 0)
        return failed ("mq_receive");
      if (n == 0)
        return fflush (stdout) == 0 ? DONE : failed ("stdout");
      if (fwrite (buf, 1, n, stdout) != (size_t) n)
        return failed ("stdout");
    }
}

static enum state
work (mqd_t q, const sigset_t *set)
{
  struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
  enum state state;

  for (;;)
    {
      /* First ask to be told, then look: the kernel tells only of what comes to an empty queue
         afterwards.  The signal is blocked, so it waits until we do.  */
      if (mq_notify (q, &event) != 0)
        return failed ("mq_notify");
      state = take_all (q);
      if (state != WAIT)
        return state;
      while (sigwaitinfo (set, NULL) < 0)
        if (errno != EINTR)
          return failed ("sigwaitinfo");
    }
}

int
main (void)
{
  struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = SIZE };
  enum state state;
  sigset_t set;
  mqd_t q;

  sigemptyset (&set);
  sigaddset (&set, SIGUSR1);
  if (sigprocmask (SIG_BLOCK, &set, NULL) != 0)
    return failed ("sigprocmask"), 1;

  q = mq_open ("/ipc-lab", O_RDONLY | O_CREAT | O_NONBLOCK, 0600, &attr);
  if (q == (mqd_t) -1)
    return failed ("mq_open"), 1;
  state = work (q, &set);
  if (mq_unlink ("/ipc-lab") != 0)
    state = failed ("mq_unlink");
  return state == DONE ? 0 : 1;
}
