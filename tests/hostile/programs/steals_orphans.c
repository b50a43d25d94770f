// Makes itself the reaper, takes the init's name, and leaves a child that does the same.
// expect: outcome=exited status=0 left=1 left~ipcgrade-init
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void) {
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
  prctl(PR_SET_NAME, "ipcgrade-init", 0, 0, 0);
  if (fork() != 0) return 0;
  for (;;) pause();
}
