// finds: lost-wakeup
// Two signals of the same number that nobody has taken are one.
#include "hand_over.h"

static sigset_t before;

static void give(void) {
  kill(getppid(), SIGUSR1);
  kill(getppid(), SIGUSR1);
}

static void take(void) {
  MUST(sigwaitinfo(only(SIGUSR1), NULL) == SIGUSR1);
  MUST(sigwaitinfo(only(SIGUSR1), NULL) == SIGUSR1);
}

int main(void) {
  block(SIGUSR1, &before);
  return run_both(give, take);
}
