// Segments of its own.
// expect: outcome=forbidden-call call=modify_ldt(
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  syscall(SYS_modify_ldt, 0, NULL, 0);  // refused here
  return 0;
}
