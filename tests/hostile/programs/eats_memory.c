// A process that eats memory, in the child of a child: it is the tree's limit.
// expect: outcome=memory-limit left=*
// expect-BCD: outcome=memory-limit|exited left=*
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  const pid_t child = fork();
  if (child == 0) {
    for (;;) {
      char *block = malloc(1 << 20);
      if (block == NULL) _exit(3);
      memset(block, 1, 1 << 20);
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  sleep(1);
  return WEXITSTATUS(status);
}
