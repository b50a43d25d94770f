/* With time-outs everywhere, but generous ones: the child has half a minute for an answer, and then
 * for its end. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 30 /* seconds */

#define RETRY(call)                            \
  ({                                           \
    long r_;                                   \
    do r_ = (call);                            \
    while (r_ == -1 && errno == EINTR);        \
    r_;                                        \
  })

/* 1: ready; 0: too late; -1: error */
static int wait_for(int fd, short events)
{
  struct pollfd p = { fd, events, 0 };
  int r = RETRY(poll(&p, 1, PATIENCE * 1000));
  if (r == 0) fprintf(stderr, "no sign of life for %d seconds\n", PATIENCE);
  else if (r == -1) perror("poll");
  return r;
}

static int send_all(int fd, const char *buf, long n)
{
  while (n > 0) {
    long k = RETRY(write(fd, buf, n));
    if (k == -1) return -1;
    buf += k;
    n -= k;
  }
  return 0;
}

static int child(int in, int out)
{
  char buf[PIPE_BUF];
  long n, i;
  while ((n = RETRY(read(in, buf, sizeof buf))) > 0) {
    for (i = 0; i < n; i++)
      if (buf[i] >= 'a' && buf[i] <= 'z') buf[i] = buf[i] - 'a' + 'A';
    if (send_all(out, buf, n) == -1) { perror("child: write"); return 1; }
  }
  if (n == -1) { perror("child: read"); return 1; }
  return 0;
}

/* sends n bytes and gets n bytes back */
static int exchange(int to, int from, const char *buf, long n)
{
  char back[PIPE_BUF];
  if (wait_for(to, POLLOUT) != 1) return -1;
  if (send_all(to, buf, n) == -1) { perror("to child"); return -1; }
  while (n > 0) {
    if (wait_for(from, POLLIN) != 1) return -1;
    long k = RETRY(read(from, back, sizeof back));
    if (k == -1) { perror("from child"); return -1; }
    if (k == 0) { fputs("the child stopped answering\n", stderr); return -1; }
    if (send_all(1, back, k) == -1) { perror("stdout"); return -1; }
    n -= k;
  }
  return 0;
}

static int reap(pid_t pid)
{
  int status, tries;
  for (tries = 0; tries < PATIENCE * 10; tries++) {
    const struct timespec tenth = { 0, 100000000 };
    pid_t p = RETRY(waitpid(pid, &status, WNOHANG));
    if (p == pid) return status;
    if (p == -1) break;
    nanosleep(&tenth, NULL);
  }
  fputs("the child does not end, so it is ended\n", stderr);
  kill(pid, SIGKILL);
  RETRY(waitpid(pid, &status, 0));
  return -1;
}

int main(void)
{
  int a[2], b[2], ok = 1, status;
  char buf[PIPE_BUF];
  long n;
  pid_t pid;

  signal(SIGPIPE, SIG_IGN);
  if (pipe(a) == -1 || pipe(b) == -1) { perror("pipe"); return 1; }
  if ((pid = fork()) == -1) { perror("fork"); return 1; }
  if (pid == 0) {
    close(a[1]); close(b[0]);
    _exit(child(a[0], b[1]));
  }
  close(a[0]); close(b[1]);

  while (ok && (n = RETRY(read(0, buf, sizeof buf))) != 0) {
    if (n == -1) { perror("stdin"); ok = 0; }
    else if (exchange(a[1], b[0], buf, n) == -1) ok = 0;
  }
  close(a[1]);
  close(b[0]);
  status = reap(pid);
  if (status != 0) fprintf(stderr, "the child's end was no good: %d\n", status);
  return ok && status == 0 ? 0 : 1;
}
