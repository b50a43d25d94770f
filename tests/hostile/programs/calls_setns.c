// Into the namespace of another process.
// expect: outcome=forbidden-call call=setns(
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>

int main(void) {
  setns(open("/proc/self/ns/net", O_RDONLY), 0);  // refused here
  return 0;
}
