// Into the namespace of another process.
// A container refuses it in our place, and nobody is told.
// expect: outcome=forbidden-call call=setns(
// expect-CD: outcome=exited status=0
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>

int main(void) {
  return setns(open("/proc/self/ns/net", O_RDONLY), 0) != -1;  // refused here
}
