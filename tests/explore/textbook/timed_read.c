// A time limit on read() by SIGALRM, whose handler is without SA_RESTART. It is longer than a
// process may be stalled, so the alarm can't come before the read.
// FORGOT finds: deadlock
// The alarm may come before the read is entered, which then has no limit.
#include "textbook.h"

static void handler(int sig) { (void)sig; }

int main(void) {
  struct sigaction sa;
  char buf[200];
  int pfd[2];

  if (pipe(pfd) == -1) errExit("pipe");
  sa.sa_flags = 0;
  sigemptyset(&sa.sa_mask);
  sa.sa_handler = handler;
  if (sigaction(SIGALRM, &sa, NULL) == -1) errExit("sigaction");
#ifdef FORGOT
  alarm(2);
#else
  alarm(20);
#endif
  ssize_t numRead = read(pfd[0], buf, sizeof buf);
  const int savedErrno = errno;
  alarm(0);
  errno = savedErrno;
  if (numRead == -1) {
    if (errno != EINTR) errExit("read");
    printf("Read timed out\n");
  }
  exit(EXIT_SUCCESS);
}
