// Turns the machine off.
// expect: outcome=forbidden-call call=reboot(
#define _GNU_SOURCE
#include <sys/reboot.h>

int main(void) {
  reboot(RB_POWER_OFF);  // refused here
  return 0;
}
