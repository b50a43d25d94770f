// finds: lost-wakeup
// A second may pass before the wait begins.
#include "hand_over.h"

static void on_alarm(int number) { (void)number; }

int main(void) {
  handle(SIGALRM, on_alarm);
  alarm(1);
  pause();
  return 0;
}
