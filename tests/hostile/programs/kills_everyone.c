// Kills whatever it may: itself and the init are spared by the kernel, the keeper is out of reach.
// expect: outcome=exited status=0
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  const pid_t child = fork();
  if (child == 0) pause();
  if (kill(-1, SIGKILL) != 0) return 1;
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 0 : 1;
}
