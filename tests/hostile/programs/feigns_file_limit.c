// Sends itself the signal of a limit.
// In tier D it may send none: others have its user id, too.
// expect: outcome=signalled signal=SIGXFSZ
// expect-D: outcome=exited status=0
#include <signal.h>
#include <unistd.h>

int main(void) {
  kill(getpid(), SIGXFSZ);
  return 0;
}
