// TELL_WAIT and its like by SIGUSR1 and SIGUSR2: parent and child take turns with a character each.
// FORGOT finds: lost-wakeup
// pause() instead of sigsuspend(): the signal may come between the check and the wait.
#include "textbook.h"

static volatile sig_atomic_t sigflag;
static sigset_t newmask, oldmask, zeromask;

static void sig_usr(int signo) {
  (void)signo;
  sigflag = 1;
}

static void TELL_WAIT(void) {
  if (signal(SIGUSR1, sig_usr) == SIG_ERR) errExit("signal(SIGUSR1) error");
  if (signal(SIGUSR2, sig_usr) == SIG_ERR) errExit("signal(SIGUSR2) error");
  sigemptyset(&zeromask);
  sigemptyset(&newmask);
  sigaddset(&newmask, SIGUSR1);
  sigaddset(&newmask, SIGUSR2);
  if (sigprocmask(SIG_BLOCK, &newmask, &oldmask) < 0) errExit("SIG_BLOCK error");
}

static void TELL_PARENT(pid_t pid) { kill(pid, SIGUSR2); }

static void TELL_CHILD(pid_t pid) { kill(pid, SIGUSR1); }

static void WAIT_OTHER(void) {
#ifdef FORGOT
  sigprocmask(SIG_SETMASK, &oldmask, NULL);
  while (sigflag == 0) pause();
#else
  while (sigflag == 0) sigsuspend(&zeromask);
#endif
  sigflag = 0;
  if (sigprocmask(SIG_SETMASK, &oldmask, NULL) < 0) errExit("SIG_SETMASK error");
}

static void charatatime(const char* str) {
  setbuf(stdout, NULL);
  for (const char* ptr = str; *ptr != 0; ptr++) putc(*ptr, stdout);
}

int main(void) {
  pid_t pid;

  TELL_WAIT();
  if ((pid = fork()) < 0) errExit("fork error");
  if (pid == 0) {
    WAIT_OTHER();
    charatatime("output from child\n");
#ifndef FORGOT
    TELL_PARENT(getppid());
#endif
  } else {
    charatatime("output from parent\n");
    TELL_CHILD(pid);
#ifndef FORGOT
    WAIT_OTHER();
    charatatime("parent again\n");
#endif
    waitpid(pid, NULL, 0);
  }
#ifdef FORGOT
  if (pid < 0) TELL_PARENT(pid);
#endif
  exit(0);
}
