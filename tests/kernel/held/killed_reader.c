// The only reader of a pipe is killed: what it held is closed for it.
#include <signal.h>
#include <sys/wait.h>

#include "held.h"

int main(void) {
  int ends[2];
  EXPECT(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  EXPECT(close(ends[0]) == 0);
  EXPECT(kill(child, SIGKILL) == 0);
  EXPECT(waitpid(child, NULL, 0) == child);
  return done();
}
