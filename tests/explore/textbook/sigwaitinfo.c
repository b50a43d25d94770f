// Signals are taken one by one with sigwaitinfo(), and none comes too early.
#include "textbook.h"

int main(void) {
  sigset_t allSigs;
  siginfo_t si;

  sigfillset(&allSigs);
  if (sigprocmask(SIG_SETMASK, &allSigs, NULL) == -1) errExit("sigprocmask");
  pid_t pid = fork();
  if (pid == -1) errExit("fork");
  if (pid == 0) {
    kill(getppid(), SIGUSR1);
    kill(getppid(), SIGTERM);
    _exit(7);
  }
  for (bool term = false, chld = false; !term || !chld;) {
    int sig = sigwaitinfo(&allSigs, &si);
    if (sig == -1) errExit("sigwaitinfo");
    if (sig == SIGTERM) term = true;
    if (sig == SIGCHLD) {
      chld = true;
      if (si.si_code != CLD_EXITED || si.si_status != 7 || si.si_pid != pid) fatal("siginfo");
    }
    if (sig == SIGUSR1) printf("SIGUSR1 from %s\n", si.si_pid == pid ? "the child" : "?");
  }
  struct timespec ts = {.tv_sec = 1};
  if (sigtimedwait(&allSigs, &si, &ts) != -1 || errno != EAGAIN) fatal("one more");
  if (waitpid(pid, NULL, 0) == -1) errExit("waitpid");
  exit(EXIT_SUCCESS);
}
