// With SIGCHLD ignored no wait ever adds up what the children used. Only a cgroup counts it.
// expect: outcome=cpu-limit
// flags: --cpu 1s --wall 60s
// expect-BCD: outcome=time-limit|cpu-limit
// flags-BCD: --cpu 1s --wall 4s
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
  signal(SIGCHLD, SIG_IGN);
  for (;;) {
    if (fork() == 0) {
      while (clock() < CLOCKS_PER_SEC / 20) {
      }
      _exit(0);
    }
    wait(NULL);
  }
}
