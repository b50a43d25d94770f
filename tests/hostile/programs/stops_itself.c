// Is neither running nor ended.
// expect: outcome=time-limit
// flags: --wall 1s
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

int main(void) {
  fork();
  raise(SIGSTOP);
  return 0;
}
