// kill(-1) and kill(0) reach who is in the box, and nobody else.
#include <signal.h>
#include <sys/wait.h>

#include "held.h"

int main(void) {
  for (int i = 0; i < 2; ++i) {
    if (fork() == 0) {
      for (;;) pause();
    }
  }
  int status;
  EXPECT(kill(-1, SIGKILL) == 0);
  for (int i = 0; i < 2; ++i) {
    EXPECT(wait(&status) > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  }
  signal(SIGTERM, SIG_IGN);
  if (fork() == 0) {
    signal(SIGTERM, SIG_DFL);
    for (;;) pause();
  }
  EXPECT(kill(0, 0) == 0);
  EXPECT(kill(1, SIGKILL) == -1 && errno == EPERM);
  EXPECT(kill(0, SIGKILL) == 0);
  return 1;
}
