// Makes orphans, each gone at once: all of them are the init's to reap.
// expect: outcome=cpu-limit|process-limit
// flags: --cpu 1s --wall 60s
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  for (;;) {
    const pid_t child = fork();
    if (child == 0) {
      fork();
      _exit(0);
    }
    waitpid(child, NULL, 0);
  }
}
