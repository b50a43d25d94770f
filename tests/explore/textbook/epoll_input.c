// epoll over FIFOs that two children write to, until both have hung up. What a child inherits of
// them it closes: else epoll would tell the parent of what that has closed.
// FORGOT finds: order-dependent-result
// epoll over FIFOs that two children write to, as the books have it. But the second child holds a
// copy of the first descriptor: after close() in the parent epoll still tells of it, and close() is
// done twice.
#include <sys/epoll.h>

#include "textbook.h"

#define MAX_EVENTS 5

int main(void) {
  struct epoll_event ev;
  struct epoll_event evlist[MAX_EVENTS];
  char buf[1000];
#ifndef FORGOT
  int fds[2];
#endif
  int numOpenFds = 0;

  int epfd = epoll_create(2);
  if (epfd == -1) errExit("epoll_create");
  setbuf(stdout, NULL);
  for (int j = 0; j < 2; j++) {
    char name[20];
    snprintf(name, sizeof name, "fifo%d", j);
    if (mkfifo(name, 0600) == -1) errExit("mkfifo");
    switch (fork()) {
      case -1:
        errExit("fork");
      case 0: {
#ifndef FORGOT
        for (int i = 0; i < numOpenFds; i++) close(fds[i]);
#endif
        int out = open(name, O_WRONLY);
        if (out == -1) errExit("open");
        if (write(out, "from a child\n", 13) != 13) errExit("write");
        _exit(EXIT_SUCCESS);
      }
    }
    int fd = open(name, O_RDONLY);
    if (fd == -1) errExit("open");
#ifndef FORGOT
    fds[j] = fd;
#endif
    ev.events = EPOLLIN;
    ev.data.fd = fd;
    if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev) == -1) errExit("epoll_ctl");
    numOpenFds++;
  }
  while (numOpenFds > 0) {
    int ready = epoll_wait(epfd, evlist, MAX_EVENTS, -1);
    if (ready == -1) {
      if (errno == EINTR) continue;
      errExit("epoll_wait");
    }
    for (int j = 0; j < ready; j++) {
      if (evlist[j].events & EPOLLIN) {
        int s = read(evlist[j].data.fd, buf, sizeof buf);
        if (s == -1) errExit("read");
        printf("    read %d bytes: %.*s", s, s, buf);
      } else if (evlist[j].events & (EPOLLHUP | EPOLLERR)) {
        if (close(evlist[j].data.fd) == -1) errExit("close");
        numOpenFds--;
      }
    }
  }
  while (wait(NULL) > 0) continue;
  exit(EXIT_SUCCESS);
}
