// Turns the machine's clock.
// expect: outcome=forbidden-call call=clock_settime(
#define _GNU_SOURCE
#include <time.h>

int main(void) {
  clock_settime(CLOCK_REALTIME, &(struct timespec){0, 0});  // refused here
  return 0;
}
