// run: ./program 1 2 4
// A SIGCHLD handler reaps all children; the parent waits in sigsuspend() until none is left.
// FORGOT finds: lost-wakeup
// One SIGCHLD may stand for several children; each time only one is waited for.
#include "textbook.h"

static volatile int numLiveChildren = 0;

static void sigchldHandler(int sig) {
  (void)sig;
  const int savedErrno = errno;
  pid_t childPid;
  int status;
#ifdef FORGOT
  if ((childPid = waitpid(-1, &status, WNOHANG)) > 0) numLiveChildren--;
#else
  while ((childPid = waitpid(-1, &status, WNOHANG)) > 0) numLiveChildren--;
#endif
  if (childPid == -1 && errno != ECHILD) write(STDERR_FILENO, "waitpid\n", 8);
  errno = savedErrno;
}

int main(int argc, char* argv[]) {
  sigset_t blockMask, emptyMask;
  struct sigaction sa;
  int sigCnt = 0;

  if (argc < 2) fatal("usage: %s child-sleep-time...", argv[0]);
  setbuf(stdout, NULL);
  numLiveChildren = argc - 1;
  sigemptyset(&sa.sa_mask);
  sa.sa_flags = 0;
  sa.sa_handler = sigchldHandler;
  if (sigaction(SIGCHLD, &sa, NULL) == -1) errExit("sigaction");
  sigemptyset(&blockMask);
  sigaddset(&blockMask, SIGCHLD);
  if (sigprocmask(SIG_SETMASK, &blockMask, NULL) == -1) errExit("sigprocmask");
  for (int j = 1; j < argc; j++) {
    switch (fork()) {
      case -1:
        errExit("fork");
      case 0:
        sleep(getInt(argv[j], 0, "child-sleep-time"));
        printf("Child %d (PID=%ld) exiting\n", j, (long)getpid());
        _exit(EXIT_SUCCESS);
    }
  }
  sigemptyset(&emptyMask);
  while (numLiveChildren > 0) {
    if (sigsuspend(&emptyMask) == -1 && errno != EINTR) errExit("sigsuspend");
    sigCnt++;
  }
  printf("All %d children have terminated\n", argc - 1);
  exit(EXIT_SUCCESS);
}
