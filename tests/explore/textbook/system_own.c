// system(3), the library's and one of our own that blocks SIGCHLD and ignores SIGINT and SIGQUIT
// meanwhile.
#include "textbook.h"

static int mysystem(const char* command) {
  sigset_t blockMask, origMask;
  struct sigaction saIgnore, saOrigQuit, saOrigInt, saDefault;
  pid_t childPid;
  int status;

  if (command == NULL) return mysystem(":") == 0;
  sigemptyset(&blockMask);
  sigaddset(&blockMask, SIGCHLD);
  sigprocmask(SIG_BLOCK, &blockMask, &origMask);
  saIgnore.sa_handler = SIG_IGN;
  saIgnore.sa_flags = 0;
  sigemptyset(&saIgnore.sa_mask);
  sigaction(SIGINT, &saIgnore, &saOrigInt);
  sigaction(SIGQUIT, &saIgnore, &saOrigQuit);
  switch (childPid = fork()) {
    case -1:
      status = -1;
      break;
    case 0:
      saDefault.sa_handler = SIG_DFL;
      saDefault.sa_flags = 0;
      sigemptyset(&saDefault.sa_mask);
      if (saOrigInt.sa_handler != SIG_IGN) sigaction(SIGINT, &saDefault, NULL);
      if (saOrigQuit.sa_handler != SIG_IGN) sigaction(SIGQUIT, &saDefault, NULL);
      sigprocmask(SIG_SETMASK, &origMask, NULL);
      execl("/bin/sh", "sh", "-c", command, (char*)NULL);
      _exit(127);
    default:
      while (waitpid(childPid, &status, 0) == -1) {
        if (errno != EINTR) {
          status = -1;
          break;
        }
      }
  }
  const int savedErrno = errno;
  sigprocmask(SIG_SETMASK, &origMask, NULL);
  sigaction(SIGINT, &saOrigInt, NULL);
  sigaction(SIGQUIT, &saOrigQuit, NULL);
  errno = savedErrno;
  return status;
}

int main(void) {
  setbuf(stdout, NULL);
  int status = system("exit 4");
  printf("%d\n", WEXITSTATUS(status));
  status = mysystem("echo of ours; kill -TERM $$");
  printf("%d\n", WIFSIGNALED(status) ? WTERMSIG(status) : -1);
  exit(mysystem(NULL) ? EXIT_SUCCESS : EXIT_FAILURE);
}
