// More processes than processors, each gone before it is looked at: their CPU time is in no sum, and
// all of them wait so much for a processor that the machine seems to be busy with others.
// expect: outcome=cpu-limit
// flags: --cpu 1s --wall 60s
// expect-BCD: outcome=time-limit|cpu-limit
// flags-BCD: --cpu 1s --wall 500ms
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
  signal(SIGCHLD, SIG_IGN);
  for (int i = 0; i < 25; ++i) {
    if (fork() != 0) continue;
    for (;;) {
      if (fork() == 0) {
        while (clock() < CLOCKS_PER_SEC / 200) {
        }
        _exit(0);
      }
      wait(NULL);
    }
  }
  for (;;) pause();
}
