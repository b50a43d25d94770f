// Of a timer that fires again and again one signal may be missed.
#include "hand_over.h"

#include <sys/time.h>

static volatile sig_atomic_t told;

static void on_alarm(int number) { told = number; }

int main(void) {
  handle(SIGALRM, on_alarm);
  struct itimerval each_second = {{1, 0}, {1, 0}};
  MUST(setitimer(ITIMER_REAL, &each_second, NULL) == 0);
  while (!told) pause();
  return 0;
}
