// Sends itself the signal of a limit.
// expect: outcome=signalled signal=SIGXFSZ
#include <signal.h>
#include <unistd.h>

int main(void) {
  kill(getpid(), SIGXFSZ);
  return 0;
}
