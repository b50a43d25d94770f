// The timer's signal is blocked, and waited for.
#include "hand_over.h"

int main(void) {
  sigset_t before;
  block(SIGRTMIN, &before);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
  timer_t timer;
  MUST(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  struct itimerspec once = {{0, 0}, {1, 0}};
  MUST(timer_settime(timer, 0, &once, NULL) == 0);
  siginfo_t info;
  MUST(sigwaitinfo(only(SIGRTMIN), &info) == SIGRTMIN && info.si_code == SI_TIMER);
  MUST(timer_delete(timer) == 0);
  return 0;
}
