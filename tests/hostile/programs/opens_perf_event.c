// Watches the whole machine.
// A container refuses it in our place, and nobody is told.
// expect: outcome=forbidden-call call=perf_event_open(
// expect-CD: outcome=exited status=0
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return syscall(SYS_perf_event_open, 0, -1, 0, -1, 0) != -1;  // refused here
}
