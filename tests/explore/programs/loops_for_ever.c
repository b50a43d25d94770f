// The child computes for ever.
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  const pid_t child = fork();
  if (child < 0) return 1;
  if (child == 0) {
    for (volatile unsigned i = 0;; ++i) {
    }
  }
  return waitpid(child, NULL, 0) == child ? 0 : 1;
}
