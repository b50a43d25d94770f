// finds: lost-wakeup
// It fires once.
#include "hand_over.h"

#include <sys/time.h>

static volatile sig_atomic_t told;

static void on_alarm(int number) { told = number; }

int main(void) {
  handle(SIGALRM, on_alarm);
  struct itimerval once = {{0, 0}, {1, 0}};
  MUST(setitimer(ITIMER_REAL, &once, NULL) == 0);
  while (!told) pause();
  return 0;
}
