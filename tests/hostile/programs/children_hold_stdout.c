// Ends, while its children keep stdout open and go on printing.
// expect: outcome=exited status=0 left=3
#include <signal.h>
#include <unistd.h>

int main(void) {
  for (int i = 0; i < 3; ++i) {
    if (fork() == 0) {
      signal(SIGPIPE, SIG_IGN);
      for (;;) {
        if (write(1, ".", 1) < 0) pause();
        usleep(10000);
      }
    }
  }
  return 0;
}
