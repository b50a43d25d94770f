// A process that is never the same one: it forks and ends, for ever, to be gone when it is looked
// for.
// expect: outcome=exited status=0 left=*
#include <unistd.h>

int main(void) {
  if (fork() != 0) {
    usleep(50000);
    return 0;
  }
  setsid();
  for (;;) {
    if (fork() > 0) _exit(0);
  }
}
