// A descriptor is passed over a socket pair, as ancillary data of one byte.
#include <sys/socket.h>

#include "textbook.h"

union control {
  char buf[CMSG_SPACE(sizeof(int))];
  struct cmsghdr align;
};

static int sendfd(int sockfd, int fd) {
  char data = 'I';
  struct iovec iov = {.iov_base = &data, .iov_len = sizeof data};
  union control control;
  struct msghdr msgh = {.msg_iov = &iov, .msg_iovlen = 1};
  memset(&control, 0, sizeof control);
  msgh.msg_control = control.buf;
  msgh.msg_controllen = sizeof control.buf;
  struct cmsghdr* cmsgp = CMSG_FIRSTHDR(&msgh);
  cmsgp->cmsg_level = SOL_SOCKET;
  cmsgp->cmsg_type = SCM_RIGHTS;
  cmsgp->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(cmsgp), &fd, sizeof fd);
  return sendmsg(sockfd, &msgh, 0) == -1 ? -1 : 0;
}

static int recvfd(int sockfd) {
  char data;
  int fd;
  struct iovec iov = {.iov_base = &data, .iov_len = sizeof data};
  union control control;
  struct msghdr msgh = {.msg_iov = &iov,
                        .msg_iovlen = 1,
                        .msg_control = control.buf,
                        .msg_controllen = sizeof control.buf};
  if (recvmsg(sockfd, &msgh, 0) <= 0) return -1;
  struct cmsghdr* cmsgp = CMSG_FIRSTHDR(&msgh);
  if (cmsgp == NULL || cmsgp->cmsg_len != CMSG_LEN(sizeof(int)) ||
      cmsgp->cmsg_level != SOL_SOCKET || cmsgp->cmsg_type != SCM_RIGHTS) {
    errno = EINVAL;
    return -1;
  }
  memcpy(&fd, CMSG_DATA(cmsgp), sizeof fd);
  return fd;
}

int main(void) {
  int sv[2];
  char buf[10];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == -1) errExit("socketpair");
  switch (fork()) {
    case -1:
      errExit("fork");
    case 0: {
      int pfd[2];
      close(sv[0]);
      if (pipe(pfd) == -1) errExit("pipe");
      if (sendfd(sv[1], pfd[0]) == -1) errExit("sendfd");
      close(pfd[0]);
      if (write(pfd[1], "through it", 10) != 10) errExit("write");
      _exit(EXIT_SUCCESS);
    }
  }
  close(sv[1]);
  int fd = recvfd(sv[0]);
  if (fd == -1) errExit("recvfd");
  if (readn(fd, buf, sizeof buf) != 10) fatal("readn");
  printf("%.10s\n", buf);
  if (wait(NULL) == -1) errExit("wait");
  exit(EXIT_SUCCESS);
}
