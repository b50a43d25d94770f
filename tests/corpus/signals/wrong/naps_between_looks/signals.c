/* Everything is blocked from the start. sigpending() shows what has arrived, sigwait() takes it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void nap(void)
{
  struct timespec ms = {0, 1000000};
  nanosleep(&ms, NULL);
}

static int here(int sig)
{
  sigset_t p;
  return sigpending(&p) == 0 ? sigismember(&p, sig) : -1;
}

static void take(int sig)
{
  sigset_t s;
  sigemptyset(&s);
  sigaddset(&s, sig);
  if (sigwait(&s, &sig) != 0 && sigwait(&s, &sig) != 0)
    abort();
}

static int child(pid_t parent)
{
  sigset_t s;
  int sig;
  sigemptyset(&s);
  sigaddset(&s, SIGUSR1);
  sigaddset(&s, SIGTERM);
  for (;;) {
    if (sigwait(&s, &sig) != 0)
      return 1;
    if (sig == SIGTERM)
      return 0;
    if (kill(parent, SIGUSR2) == -1) {
      perror("kill");
      return 1;
    }
  }
}

int main(int argc, char *argv[])
{
  if (argc != 2) {
    fprintf(stderr, "how many rounds?\n");
    return 2;
  }
  char *e = argv[1];
  long n = 0;
  do {
    if (*e < '0' || *e > '9' || n > 100000) {
      fprintf(stderr, "0 to 100000 rounds, please\n");
      return 2;
    }
    n = n * 10 + *e++ - '0';
  } while (*e);
  if (n > 100000) {
    fprintf(stderr, "0 to 100000 rounds, please\n");
    return 2;
  }

  sigset_t all;
  sigfillset(&all);
  if (sigprocmask(SIG_SETMASK, &all, NULL) == -1) {
    perror("sigprocmask");
    return 1;
  }
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid == -1) {
    perror("fork");
    return 1;
  }
  if (pid == 0)
    _exit(child(parent));

  long done = 0;
  int intr = 0, ok = 1, status = 0;
  while (ok && !intr && done < n) {
    if (kill(pid, SIGUSR1) == -1) {
      perror("kill");
      ok = 0;
    }
    while (ok) {
      if ((intr = here(SIGINT)) != 0)
        break;
      if (here(SIGUSR2) == 1) {
        take(SIGUSR2);
        done++;
        break;
      }
      if (here(SIGCHLD) == 1 && here(SIGUSR2) != 1) {
        fprintf(stderr, "the child has died\n");
        ok = 0;
      }
      nap();
    }
    if (intr == -1) {
      perror("sigpending");
      ok = 0;
    }
  }
  if (ok && here(SIGINT) == 1)
    intr = 1;
  if (!ok || kill(pid, SIGTERM) == -1) {
    ok = 0;
    kill(pid, SIGKILL);
  }
  if (waitpid(pid, &status, 0) == -1) {
    perror("waitpid");
    ok = 0;
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
  }
  if (!ok || status != 0) {
    fprintf(stderr, "no result\n");
    return 1;
  }
  printf("%s %ld\n", intr ? "interrupted" : "rounds", done);
  if (fflush(stdout) == EOF) {
    perror("stdout");
    return 1;
  }
  return intr;
}
