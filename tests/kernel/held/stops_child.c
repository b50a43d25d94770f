// Job control: a child that stops and goes on, seen by waitpid and by SIGCHLD.
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>

#include "held.h"

static volatile int children;

static void on_child(int signal) {
  (void)signal;
  ++children;
}

int main(void) {
  struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_RESTART};
  sigaction(SIGCHLD, &action, NULL);
  const pid_t child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  int status = 0;
  EXPECT(kill(child, SIGSTOP) == 0);
  EXPECT(waitpid(child, &status, WUNTRACED) == child);
  EXPECT(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
  EXPECT(waitpid(child, &status, WUNTRACED | WNOHANG) == 0);
  EXPECT(kill(child, SIGCONT) == 0);
  EXPECT(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
  EXPECT(kill(child, SIGSTOP) == 0);
  siginfo_t info;
  EXPECT(waitid(P_PID, child, &info, WSTOPPED) == 0);
  EXPECT(info.si_code == CLD_STOPPED && info.si_status == SIGSTOP && info.si_pid == child);
  EXPECT(kill(child, SIGTERM) == 0 && kill(child, SIGCONT) == 0);
  EXPECT(waitpid(child, &status, 0) == child);
  EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
  EXPECT(children >= 1);
  return done();
}
