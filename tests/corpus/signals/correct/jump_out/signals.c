/* Assignment 4. The trick is in next(): the handler does not return, it jumps. If the signal comes
 * between unblocking and pause(), pause() is simply never reached. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf out;
static sigset_t normal, quiet;

static void jump(int sig)
{
  siglongjmp(out, sig);         /* puts the mask back, too: everything blocked */
}

/* The next signal, or -1. */
static int next(void)
{
  int sig = sigsetjmp(out, 1);
  if (sig == 0) {
    if (sigprocmask(SIG_SETMASK, &normal, NULL) == -1)
      return -1;
    for (;;)
      pause();
  }
  return sig;
}

static int child(pid_t parent)
{
  for (;;) {
    int sig = next();
    if (sig == SIGTERM)
      return 0;
    if (sig == SIGUSR1 && kill(parent, SIGUSR2) == 0)
      continue;
    perror("child");
    return 9;
  }
}

static pid_t pid;

static void die(const char *msg)
{
  fprintf(stderr, "signals: %s (%s)\n", msg, strerror(errno));
  if (pid > 0) {
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
  }
  exit(1);
}

static int parse(char *s, int *n)
{
  char *end;
  long l;
  if (*s < '0' || *s > '9')
    return 0;
  l = strtol(s, &end, 10);
  *n = (int)l;
  return *end == '\0' && l <= 100000;
}

int main(int argc, char **argv)
{
  static const int sigs[] = {SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD};
  struct sigaction sa;
  int n, done = 0, stop = 0, status;
  unsigned i;

  if (argc != 2 || !parse(argv[1], &n)) {
    fprintf(stderr, "usage: signals ROUNDS\n");
    return 2;
  }

  if (sigprocmask(SIG_SETMASK, NULL, &normal) == -1)
    die("mask");
  quiet = normal;
  for (i = 0; i < 5; i++) {
    sigaddset(&quiet, sigs[i]);
    sigdelset(&normal, sigs[i]);
  }
  if (sigprocmask(SIG_SETMASK, &quiet, NULL) == -1)
    die("mask");

  memset(&sa, 0, sizeof sa);
  sa.sa_handler = jump;
  sa.sa_mask = quiet;           /* a handler that jumps out of another would lose that one's signal */
  for (i = 0; i < 5; i++)
    if (sigaction(sigs[i], &sa, NULL) == -1)
      die("sigaction");

  pid_t me = getpid();
  if ((pid = fork()) == -1)
    die("fork");
  if (pid == 0)
    _exit(child(me));

  for (; done < n && !stop; ) {
    if (kill(pid, SIGUSR1) == -1)
      die("SIGUSR1");
    switch (next()) {
      case SIGUSR2: done++; break;
      case SIGINT: stop = 1; break;
      case SIGCHLD: die("child died");
        break;
      default: die("waiting");
    }
  }
  if (!stop) {
    sigset_t p;
    if (sigpending(&p) == -1)
      die("sigpending");
    stop = sigismember(&p, SIGINT);
  }
  if (kill(pid, SIGTERM) == -1)
    die("SIGTERM");
  if (waitpid(pid, &status, 0) == -1)
    die("waitpid");
  pid = 0;
  if (status != 0)
    die("child did not exit 0");
  if (printf("%s %d\n", stop ? "interrupted" : "rounds", done) < 0 || fflush(stdout) != 0)
    die("stdout");
  return stop ? 1 : 0;
}
