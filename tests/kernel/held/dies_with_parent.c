#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "held.h"

int main(void) {
  int signal = 0;
  if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) != 0) return 1;
  if (prctl(PR_GET_PDEATHSIG, &signal, 0, 0, 0) != 0 || signal != SIGTERM) return 2;
  return write(1, "ok\n", 3) == 3 ? 0 : 3;
}
