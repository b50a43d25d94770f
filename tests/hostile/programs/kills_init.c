// Its parent is the init of the box, which no signal from inside may end or stop.
// expect: outcome=exited status=7
#include <signal.h>
#include <unistd.h>

int main(void) {
  for (int number = 1; number < NSIG; ++number) kill(getppid(), number);
  kill(1, SIGKILL);
  kill(1, SIGSTOP);
  usleep(50000);
  return 7;
}
