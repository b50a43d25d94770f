// Kills whatever it may: itself and the init are spared by the kernel, the keeper is out of reach.
// In tier D, where many have its user id, it may send no signal at all.
// expect: outcome=exited status=0
// expect-D: outcome=exited status=1 left=1
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
