// waitid() and waitpid() tell a child that is stopped, continued, killed.
#include "textbook.h"

int main(void) {
  siginfo_t si;
  int status;
  pid_t pid = fork();
  if (pid == -1) errExit("fork");
  if (pid == 0) {
    for (;;) pause();
  }
  if (kill(pid, SIGSTOP) == -1) errExit("kill");
  if (waitpid(pid, &status, WUNTRACED | WCONTINUED) == -1) errExit("waitpid");
  if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGSTOP) fatal("not stopped");
  if (kill(pid, SIGCONT) == -1) errExit("kill");
  if (waitpid(pid, &status, WUNTRACED | WCONTINUED) == -1) errExit("waitpid");
  if (!WIFCONTINUED(status)) fatal("not continued");
  if (kill(pid, SIGTERM) == -1) errExit("kill");
  if (waitid(P_PID, pid, &si, WEXITED | WNOWAIT) == -1) errExit("waitid");
  if (si.si_code != CLD_KILLED || si.si_status != SIGTERM) fatal("not killed");
  if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG) == -1) errExit("waitid");
  if (si.si_pid != pid) fatal("another");
  printf("stopped, continued, killed\n");
  exit(EXIT_SUCCESS);
}
