// The twin of check_then_pause.c that lets the signal come only while it waits.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t told;

static void on_signal(int number) {
  (void)number;
  told = 1;
}

int main(void) {
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGUSR1, &action, NULL);
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  pid_t child = fork();
  if (child < 0) return 2;
  if (child == 0) {
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  while (!told) sigsuspend(&before);
  waitpid(child, NULL, 0);
  return 0;
}
