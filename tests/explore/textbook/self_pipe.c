// The self-pipe trick: the handler writes a byte, and select() sees data and signals alike.
// FORGOT finds: deadlock
// The read end of the self-pipe waits when it is empty.
#include <sys/select.h>

#include "textbook.h"

static int pfd[2];

static void handler(int sig) {
  (void)sig;
  const int savedErrno = errno;
  if (write(pfd[1], "x", 1) == -1 && errno != EAGAIN) _exit(EXIT_FAILURE);
  errno = savedErrno;
}

static void nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags == -1) errExit("fcntl-F_GETFL");
  if (fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1) errExit("fcntl-F_SETFL");
}

int main(void) {
  fd_set readfds;
  struct sigaction sa;
  int data[2];
  int ready;
  char ch;
  bool told = false, ended = false;

  if (pipe(data) == -1) errExit("pipe");
  if (pipe(pfd) == -1) errExit("pipe");
#ifndef FORGOT
  nonblocking(pfd[0]);
#endif
  nonblocking(pfd[1]);
  sigemptyset(&sa.sa_mask);
  sa.sa_flags = SA_RESTART;
  sa.sa_handler = handler;
  if (sigaction(SIGUSR1, &sa, NULL) == -1) errExit("sigaction");
  switch (fork()) {
    case -1:
      errExit("fork");
    case 0:
      close(data[0]);
      kill(getppid(), SIGUSR1);
      write(data[1], "d", 1);
      _exit(EXIT_SUCCESS);
  }
  close(data[1]);
  const int nfds = (data[0] > pfd[0] ? data[0] : pfd[0]) + 1;
  while (!told || !ended) {
    FD_ZERO(&readfds);
    if (!ended) FD_SET(data[0], &readfds);
    FD_SET(pfd[0], &readfds);
    while ((ready = select(nfds, &readfds, NULL, NULL, NULL)) == -1 && errno == EINTR) continue;
    if (ready == -1) errExit("select");
    if (FD_ISSET(pfd[0], &readfds)) {
      told = true;
      for (;;) {
        if (read(pfd[0], &ch, 1) == -1) {
          if (errno == EAGAIN) break;
          errExit("read");
        }
      }
    }
    if (FD_ISSET(data[0], &readfds)) {
      ssize_t n = read(data[0], &ch, 1);
      if (n == -1) errExit("read");
      if (n == 0) ended = true;
    }
  }
  printf("both\n");
  if (wait(NULL) == -1) errExit("wait");
  exit(EXIT_SUCCESS);
}
