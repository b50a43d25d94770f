/* Every signal has one place where it is taken. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

static int take_one(int a, int b) {
  sigset_t s;
  int r;
  sigemptyset(&s);
  sigaddset(&s, a);
  sigaddset(&s, b);
  while ((r = sigwaitinfo(&s, NULL)) == -1 && errno == EINTR) continue;
  if (r == -1) perror("sigwaitinfo");
  return r;
}

static int child(pid_t parent) {
  for (;;) {
    int s = take_one(SIGUSR1, SIGTERM);
    if (s == SIGTERM) return 0;
    if (s == -1) return 1;
    if (kill(parent, SIGUSR2) == -1) {
      perror("kill");
      return 1;
    }
  }
}

int main(int argc, char **argv) {
  int n = 0, k, s = 0, status, bad = 0;
  const char *c;
  sigset_t mask;

  if (argc != 2 || !argv[1][0]) goto usage;
  for (c = argv[1]; *c; c++) {
    if (*c < '0' || *c > '9') goto usage;
    if ((n = 10 * n + *c - '0') > 100000) goto usage;
  }

  sigemptyset(&mask);
  sigaddset(&mask, SIGINT);
  sigaddset(&mask, SIGTERM);
  sigaddset(&mask, SIGUSR1);
  sigaddset(&mask, SIGUSR2);
  if (sigprocmask(SIG_BLOCK, &mask, NULL) == -1) {
    perror("sigprocmask");
    return 1;
  }
  pid_t me = getpid();
  pid_t pid = fork();
  if (pid == -1) {
    perror("fork");
    return 1;
  }
  if (pid == 0) _exit(child(me));

  for (k = 0; k < n; k++) {
    if (kill(pid, SIGUSR1) == -1) {
      perror("kill");
      bad = 1;
      break;
    }
    s = take_one(SIGUSR2, SIGINT);
    if (s != SIGUSR2) break;
  }
  if (s == -1) bad = 1;
  if (!bad && kill(pid, SIGTERM) == -1) {
    perror("kill");
    bad = 1;
  }
  if (bad) kill(pid, SIGKILL);
  if (waitpid(pid, &status, 0) == -1) {
    perror("waitpid");
    bad = 1;
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
  }
  if (!bad && status != 0) {
    fprintf(stderr, "the child did not exit 0\n");
    bad = 1;
  }
  if (bad) return 1;
  printf(s == SIGINT ? "interrupted %d\n" : "rounds %d\n", k);
  if (fflush(stdout) == EOF) {
    perror("stdout");
    return 1;
  }
  return s == SIGINT;

usage:
  fprintf(stderr, "usage: signals N\n");
  return 2;
}
