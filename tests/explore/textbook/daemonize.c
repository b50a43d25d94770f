// A daemon in the books' way: fork, setsid, fork, chdir, close all, /dev/null. Whoever started it
// waits for the first child, and then by a pipe for the daemon itself.
#include "textbook.h"

#define MOST_DESCRIPTORS 64

static int becomeDaemon(int keep) {
  switch (fork()) {
    case -1:
      return -1;
    case 0:
      break;
    default:
      _exit(EXIT_SUCCESS);
  }
  if (setsid() == -1) return -1;
  switch (fork()) {
    case -1:
      return -1;
    case 0:
      break;
    default:
      _exit(EXIT_SUCCESS);
  }
  umask(0);
  if (chdir("/") == -1) return -1;
  for (int fd = 0; fd < MOST_DESCRIPTORS; fd++) {
    if (fd != keep) close(fd);
  }
  if (open("/dev/null", O_RDWR) != STDIN_FILENO) return -1;
  if (dup2(STDIN_FILENO, STDOUT_FILENO) != STDOUT_FILENO) return -1;
  if (dup2(STDIN_FILENO, STDERR_FILENO) != STDERR_FILENO) return -1;
  return 0;
}

int main(void) {
  int pfd[2];
  char ch;
  if (pipe(pfd) == -1) errExit("pipe");
  switch (fork()) {
    case -1:
      errExit("fork");
    case 0: {
      if (becomeDaemon(pfd[1]) == -1) _exit(EXIT_FAILURE);
      int log = open("/tmp/log", O_WRONLY | O_CREAT | O_APPEND, 0600);
      if (log == -1) _exit(EXIT_FAILURE);
      dprintf(log, "started\n");
      sleep(1);
      dprintf(log, "ended\n");
      close(log);
      _exit(EXIT_SUCCESS);
    }
  }
  close(pfd[1]);
  if (wait(NULL) == -1) errExit("wait");
  if (read(pfd[0], &ch, 1) != 0) fatal("the daemon has more to say");
  exit(EXIT_SUCCESS);
}
