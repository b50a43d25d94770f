// Watches the whole machine.
// expect: outcome=forbidden-call call=perf_event_open(
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  syscall(SYS_perf_event_open, 0, -1, 0, -1, 0);  // refused here
  return 0;
}
