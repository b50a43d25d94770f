// Reads what the kernel said.
// expect: outcome=forbidden-call call=syslog(
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/klog.h>

int main(void) {
  klogctl(3, NULL, 0);  // refused here
  return 0;
}
