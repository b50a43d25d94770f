// The abstract namespace: nothing in the file system, and gone with the last descriptor.
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "textbook.h"

int main(void) {
  struct sockaddr_un addr;
  const char* str = "xyz";
  char ch;

  memset(&addr, 0, sizeof addr);
  addr.sun_family = AF_UNIX;
  strncpy(&addr.sun_path[1], str, sizeof(addr.sun_path) - 2);
  const socklen_t len = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(str);
  int sockfd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (sockfd == -1) errExit("socket");
  if (bind(sockfd, (struct sockaddr*)&addr, len) == -1) errExit("bind");
  if (listen(sockfd, 1) == -1) errExit("listen");
  switch (fork()) {
    case -1:
      errExit("fork");
    case 0: {
      close(sockfd);
      int fd = socket(AF_UNIX, SOCK_STREAM, 0);
      if (connect(fd, (struct sockaddr*)&addr, len) == -1) errExit("connect");
      if (send(fd, "!", 1, MSG_NOSIGNAL) != 1) errExit("send");
      _exit(EXIT_SUCCESS);
    }
  }
  int fd = accept4(sockfd, NULL, NULL, SOCK_CLOEXEC);
  if (fd == -1) errExit("accept4");
  if (recv(fd, &ch, 1, MSG_WAITALL) != 1) errExit("recv");
  struct ucred cred;
  socklen_t size = sizeof cred;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) == -1) errExit("getsockopt");
  printf("%c from %s\n", ch, cred.pid == getpid() ? "myself" : "another");
  wait(NULL);
  exit(EXIT_SUCCESS);
}
