// One line that never ends, with SIGPIPE ignored.
// expect: outcome=output-limit
// flags: --output 4MiB
#include <signal.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  static char block[65536];
  memset(block, 'a', sizeof block);
  signal(SIGPIPE, SIG_IGN);
  for (;;) {
    if (write(1, block, sizeof block) < 0) pause();
  }
}
