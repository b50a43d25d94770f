#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The first Ctrl-C ends the game politely, a second one is for users who can't wait. */

static volatile sig_atomic_t ctrl_c, pong, gone;
static sigset_t unblocked;

static void on_ctrl_c(int s) { (void)s; ctrl_c = 1; }
static void on_pong(int s) { (void)s; pong = 1; }
static void on_gone(int s) { (void)s; gone = 1; }

static int set(int sig, void (*f)(int), int flags)
{
  struct sigaction sa;
  memset(&sa, 0, sizeof sa);
  sa.sa_handler = f;
  sa.sa_flags = flags;
  return sigaction(sig, &sa, NULL);
}

static int child(pid_t parent)
{
  sigset_t s;
  int sig, err;
  sigemptyset(&s);
  sigaddset(&s, SIGUSR1);
  sigaddset(&s, SIGTERM);
  while ((err = sigwait(&s, &sig)) == 0 && sig == SIGUSR1)
    if (kill(parent, SIGUSR2) == -1) {
      perror("child");
      return 1;
    }
  return err;
}

static int stop(pid_t pid, int sig)
{
  int status, r;
  if (kill(pid, sig) == -1) {
    perror("kill");
    kill(pid, SIGKILL);
  }
  while ((r = waitpid(pid, &status, 0)) == -1 && errno == EINTR)
    ;
  if (r == -1) {
    perror("waitpid");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return -1;
  }
  return status;
}

int main(int argc, char **argv)
{
  sigset_t five;
  pid_t me = getpid(), pid;
  long n, i = 0;

  if (argc != 2 || argv[1][0] == '\0' || strspn(argv[1], "0123456789") < strlen(argv[1])) {
    fprintf(stderr, "usage: signals N\n");
    return 2;
  }
  n = strtol(argv[1], NULL, 10);
  if (n > 100000) {
    fprintf(stderr, "signals: N is too large\n");
    return 2;
  }

  sigemptyset(&five);
  sigaddset(&five, SIGINT);
  sigaddset(&five, SIGUSR1);
  sigaddset(&five, SIGUSR2);
  sigaddset(&five, SIGTERM);
  sigaddset(&five, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &five, &unblocked) == -1 || set(SIGUSR2, on_pong, 0) == -1
      || set(SIGCHLD, on_gone, 0) == -1 || set(SIGINT, on_ctrl_c, SA_RESETHAND) == -1) {
    perror("signals");
    return 1;
  }
  sigdelset(&unblocked, SIGINT);
  sigdelset(&unblocked, SIGUSR2);
  sigdelset(&unblocked, SIGCHLD);
  sigaddset(&unblocked, SIGUSR1);
  sigaddset(&unblocked, SIGTERM);

  pid = fork();
  if (pid == -1) {
    perror("fork");
    return 1;
  }
  if (pid == 0)
    _exit(child(me));

  while (i < n && !ctrl_c) {
    if (kill(pid, SIGUSR1) == -1) {
      perror("kill");
      stop(pid, SIGKILL);
      return 1;
    }
    while (!pong && !ctrl_c && !gone) {
      sigsuspend(&unblocked);
      if (errno != EINTR) {
        perror("sigsuspend");
        stop(pid, SIGKILL);
        return 1;
      }
    }
    if (pong) {
      pong = 0;
      i++;
    } else if (gone) {
      fprintf(stderr, "signals: the child is gone\n");
      stop(pid, SIGKILL);
      return 1;
    }
  }

  /* let a second Ctrl-C through */
  sigemptyset(&five);
  sigaddset(&five, SIGINT);
  if (sigprocmask(SIG_UNBLOCK, &five, NULL) == -1) {
    perror("sigprocmask");
    stop(pid, SIGKILL);
    return 1;
  }
  if (stop(pid, SIGTERM) != 0) {
    fprintf(stderr, "signals: the child did not end well\n");
    return 1;
  }
  if (sigprocmask(SIG_BLOCK, &five, NULL) == -1) {
    perror("sigprocmask");
    return 1;
  }
  printf("%s %ld\n", ctrl_c ? "interrupted" : "rounds", i);
  if (fflush(stdout) == EOF) {
    perror("stdout");
    return 1;
  }
  return ctrl_c;
}
