// SIGCHLD comes after all that the child did; one of them may speak of several children.
#include "hand_over.h"

static volatile sig_atomic_t left = 2;

static void on_child(int number) {
  (void)number;
  while (waitpid(-1, NULL, WNOHANG) > 0) --left;
}

int main(void) {
  data = shared_memory(2 * sizeof *data);
  sigset_t before;
  block(SIGCHLD, &before);
  handle(SIGCHLD, on_child);
  for (int i = 0; i < 2; i++) {
    pid_t child = fork();
    MUST(child >= 0);
    if (child == 0) {
      data[i] = kRight;
      _exit(0);
    }
  }
  while (left > 0) sigsuspend(&before);
  MUST(data[0] == kRight && data[1] == kRight);
  return 0;
}
