// Executes itself again and again, in a child and in its own place: there is no process that lives
// long enough to be watched.
// expect: outcome=cpu-limit
// flags: --cpu 1s --wall 60s
// expect-BCD: outcome=cpu-limit|time-limit
// flags-BCD: --cpu 1s --wall 4s
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count > 1) _exit(0);
  const pid_t child = vfork();
  if (child == 0) {
    execl("/proc/self/exe", arguments[0], "child", NULL);
    _exit(1);
  }
  waitpid(child, NULL, 0);
  execl("/proc/self/exe", arguments[0], NULL);
  return 1;
}
