// Waits in ppoll for a signal that comes only then.
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "held.h"

static volatile sig_atomic_t came;
static void note(int signal) {
  (void)signal;
  came = 1;
}

int main(void) {
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  struct sigaction action = {.sa_handler = note};
  sigaction(SIGUSR1, &action, NULL);
  if (fork() == 0) {
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  while (!came && (ppoll(NULL, 0, NULL, &before) == 0 || errno == EINTR)) continue;
  while (wait(NULL) < 0 && errno == EINTR) continue;
  return done();
}
