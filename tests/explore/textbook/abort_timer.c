// run: ./program
// setitimer() ticks, a handler that sets flags, and sigprocmask() around the look at them.
#include <sys/time.h>

#include "textbook.h"

static volatile sig_atomic_t gotAlarm = 0, ticks = 0;

static void sigalrmHandler(int sig) {
  (void)sig;
  gotAlarm = 1;
  ticks++;
}

int main(void) {
  struct itimerval itv = {.it_value = {2, 0}, .it_interval = {1, 0}};
  struct sigaction sa;
  sigset_t block, before;
  setbuf(stdout, NULL);
  sigemptyset(&sa.sa_mask);
  sa.sa_flags = 0;
  sa.sa_handler = sigalrmHandler;
  if (sigaction(SIGALRM, &sa, NULL) == -1) errExit("sigaction");
  sigemptyset(&block);
  sigaddset(&block, SIGALRM);
  if (sigprocmask(SIG_BLOCK, &block, &before) == -1) errExit("sigprocmask");
  if (setitimer(ITIMER_REAL, &itv, NULL) == -1) errExit("setitimer");
  while (ticks < 3) {
    while (!gotAlarm) sigsuspend(&before);
    gotAlarm = 0;
    printf("ALARM\n");
  }
  exit(EXIT_SUCCESS);
}
