// finds: deadlock
// A time of 0 disarms the timer.
#include "hand_over.h"

int main(void) {
  sigset_t before;
  block(SIGRTMIN, &before);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
  timer_t timer;
  MUST(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  struct itimerspec never = {{1, 0}, {0, 0}};
  MUST(timer_settime(timer, 0, &never, NULL) == 0);
  MUST(sigwaitinfo(only(SIGRTMIN), NULL) == SIGRTMIN);
  return 0;
}
