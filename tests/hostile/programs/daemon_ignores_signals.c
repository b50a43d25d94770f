// Leaves a daemon of the old school, that takes no hint.
// expect: outcome=exited status=0 left=1 left~running
#include <signal.h>
#include <unistd.h>

int main(void) {
  if (fork() != 0) {
    sleep(1);
    return 0;
  }
  setsid();
  if (fork() != 0) _exit(0);
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_IGN);
  for (int fd = 0; fd < 3; ++fd) close(fd);
  for (;;) pause();
}
