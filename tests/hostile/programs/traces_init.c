// Holds the init of the box by ptrace.
// expect: outcome=forbidden-call call=ptrace(
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/ptrace.h>

int main(void) {
  ptrace(PTRACE_ATTACH, 1, NULL, NULL);  // refused here
  return 0;
}
