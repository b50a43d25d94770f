// A child runs in a circle, of which an earlier run knows the place: its parent is held there, too.
#include <sys/wait.h>

#include "held.h"

int main(void) {
  if (fork() == 0) {
    for (;;) __asm__ volatile("");
  }
  wait(NULL);
  return 0;
}
