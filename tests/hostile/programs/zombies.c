// Never waits for a child.
// expect: outcome=process-limit
#include <unistd.h>

int main(void) {
  for (;;) {
    if (fork() == 0) _exit(0);
  }
}
