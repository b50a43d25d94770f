// A core file would be as large as the program.
// expect: outcome=signalled signal=SIGABRT
#include <stdlib.h>
#include <sys/resource.h>

int main(void) {
  const struct rlimit most = {RLIM_INFINITY, RLIM_INFINITY};
  if (setrlimit(RLIMIT_CORE, &most) == 0) return 1;
  abort();
}
