/* Waits for a handler by looking at a variable, as fast as it can. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t told;

static void on_signal(int number) { told = number; }

int main(void) {
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGUSR1, &action, NULL);
  pid_t child = fork();
  if (child == 0) {
#ifndef FORGOT
    kill(getppid(), SIGUSR1);
#endif
    _exit(0);
  }
  while (!told) {
  }
  return waitpid(child, NULL, 0) == child ? 0 : 1;
}
