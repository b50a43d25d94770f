// The child's SIGCHLD brings everything that there is to know about its end, even the status.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

struct Set {
  sigset_t s;
  Set(int a, int b, int c = 0) {
    sigemptyset(&s);
    sigaddset(&s, a);
    sigaddset(&s, b);
    if (c != 0) sigaddset(&s, c);
  }
  siginfo_t take() const {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    while (sigwaitinfo(&s, &info) == -1) {
      if (errno == EINTR) continue;
      perror("sigwaitinfo");
      info.si_signo = 0;
      break;
    }
    return info;
  }
};

static void serve(pid_t parent) {
  Set in(SIGUSR1, SIGTERM);
  for (;;) {
    switch (in.take().si_signo) {
      case SIGTERM: _exit(0);
      case SIGUSR1:
        if (kill(parent, SIGUSR2) == 0) break;
        perror("kill");
        _exit(1);
      default: _exit(1);
    }
  }
}

static int emergency(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
  return 1;
}

int main(int argc, char **argv) {
  long n = -1;
  if (argc == 2 && strlen(argv[1]) > 0 && strspn(argv[1], "0123456789") == strlen(argv[1])) n = strtol(argv[1], NULL, 10);
  if (n < 0 || n > 100000) {
    fprintf(stderr, "usage: signals N\n");
    return 2;
  }
  Set first(SIGUSR1, SIGTERM), news(SIGINT, SIGUSR2, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &first.s, NULL) != 0 || sigprocmask(SIG_BLOCK, &news.s, NULL) != 0) {
    perror("sigprocmask");
    return 1;
  }
  const pid_t me = getpid();
  const pid_t pid = fork();
  if (pid < 0) {
    perror("fork");
    return 1;
  }
  if (pid == 0) serve(me);

  long k = 0;
  bool stop = false;
  while (k < n && !stop) {
    if (kill(pid, SIGUSR1) != 0) {
      perror("kill");
      return emergency(pid);
    }
    const int sig = news.take().si_signo;
    if (sig == SIGCHLD) fprintf(stderr, "the child is dead\n");
    if (sig == SIGCHLD || sig == 0) return emergency(pid);
    if (sig == SIGINT) stop = true; else k++;
  }

  if (kill(pid, SIGTERM) != 0) {
    perror("kill");
    return emergency(pid);
  }
  siginfo_t end;
  do {
    end = news.take();
    if (end.si_signo == 0) return emergency(pid);
    if (end.si_signo == SIGINT && k < n) stop = true;
  } while (end.si_signo != SIGCHLD);
  if (end.si_code != CLD_EXITED || end.si_status != 0) {
    fprintf(stderr, "the child did not exit as it should\n");
    return emergency(pid);
  }
  printf("%s %ld\n", stop ? "interrupted" : "rounds", k);
  if (fflush(stdout) != 0) {
    perror("stdout");
    return emergency(pid);
  }
  return stop;
}
