// finds: order-dependent-result
// The signal may come before there is a handler, and then ends the process.
#include "hand_over.h"

static void on_signal(int number) {
  (void)number;
  _exit(wait(NULL) > 0 ? 0 : 2);
}

int main(void) {
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  handle(SIGUSR1, on_signal);
  for (;;) pause();
}
