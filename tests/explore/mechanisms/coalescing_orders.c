// Real-time signals are queued.
#include "hand_over.h"

static sigset_t before;

static void give(void) {
  kill(getppid(), SIGRTMIN);
  kill(getppid(), SIGRTMIN);
}

static void take(void) {
  MUST(sigwaitinfo(only(SIGRTMIN), NULL) == SIGRTMIN);
  MUST(sigwaitinfo(only(SIGRTMIN), NULL) == SIGRTMIN);
}

int main(void) {
  block(SIGRTMIN, &before);
  return run_both(give, take);
}
