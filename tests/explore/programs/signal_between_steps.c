// A signal that comes in one window, between two steps that have nothing to do with it: the sender
// goes first in the usual order, and the signal would come at the first step.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t told;

static void on_signal(int number) { told = number; }

int main(void) {
  const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  int go[2];
  if (sigaction(SIGUSR1, &action, NULL) != 0 || pipe(go) != 0) return 2;
  const pid_t child = fork();
  if (child == 0) {
    if (write(go[1], "x", 1) != 1) return 2;
    return kill(getppid(), SIGUSR1) == 0 ? 0 : 2;
  }
  char letter;
  if (read(go[0], &letter, 1) != 1) return 2;
  int in_window = 0;
  for (int i = 0; i < 6; ++i) {
    const int before = told;
    if (write(1, "a", 1) != 1) return 2;
    if (i == 2 && !before && told) in_window = 1;
  }
  if (waitpid(child, NULL, 0) != child) return 2;
  return in_window;
}
