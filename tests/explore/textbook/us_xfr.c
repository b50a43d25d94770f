// run: ./program -s 2
// run: ./program -c "from one"
// run: ./program -c "from two"
// A UNIX domain stream server that echoes, with a child for each connection, and its clients.
// FORGOT finds: unreaped-child
// The server does not wait for its children.
#include <sys/socket.h>
#include <sys/un.h>

#include "textbook.h"

#define SV_SOCK_PATH "/tmp/us_xfr"
#define BUF_SIZE 100
#define BACKLOG 5

static void server(int connections) {
  struct sockaddr_un addr;
  ssize_t numRead;
  char buf[BUF_SIZE];

  int sfd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (sfd == -1) errExit("socket");
  if (remove(SV_SOCK_PATH) == -1 && errno != ENOENT) errExit("remove-%s", SV_SOCK_PATH);
  memset(&addr, 0, sizeof addr);
  addr.sun_family = AF_UNIX;
  strncpy(addr.sun_path, SV_SOCK_PATH, sizeof(addr.sun_path) - 1);
  if (bind(sfd, (struct sockaddr*)&addr, sizeof addr) == -1) errExit("bind");
  if (listen(sfd, BACKLOG) == -1) errExit("listen");
  for (int i = 0; i < connections; i++) {
    int cfd = accept(sfd, NULL, NULL);
    if (cfd == -1) errExit("accept");
    switch (fork()) {
      case -1:
        errExit("fork");
      case 0:
        close(sfd);
        while ((numRead = read(cfd, buf, BUF_SIZE)) > 0) {
          if (write(cfd, buf, numRead) != numRead) fatal("partial/failed write");
        }
        if (numRead == -1) errExit("read");
        _exit(EXIT_SUCCESS);
      default:
        if (close(cfd) == -1) errMsg("close");
    }
  }
#ifndef FORGOT
  while (wait(NULL) > 0) continue;
#endif
  remove(SV_SOCK_PATH);
  exit(EXIT_SUCCESS);
}

static void client(const char* text) {
  struct sockaddr_un addr;
  char buf[BUF_SIZE];

  int sfd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (sfd == -1) errExit("socket");
  memset(&addr, 0, sizeof addr);
  addr.sun_family = AF_UNIX;
  strncpy(addr.sun_path, SV_SOCK_PATH, sizeof(addr.sun_path) - 1);
  while (connect(sfd, (struct sockaddr*)&addr, sizeof addr) == -1) {
    if (errno != ENOENT && errno != ECONNREFUSED) errExit("connect");
    usleep(100000);
  }
  if (writen(sfd, text, strlen(text)) == -1) errExit("write");
  if (shutdown(sfd, SHUT_WR) == -1) errExit("shutdown");
  const ssize_t got = readn(sfd, buf, BUF_SIZE);
  if (got == -1) errExit("read");
  printf("%.*s\n", (int)got, buf);
  exit(EXIT_SUCCESS);
}

int main(int argc, char* argv[]) {
  if (argc == 3 && strcmp(argv[1], "-s") == 0) server(getInt(argv[2], 1, "connections"));
  if (argc == 3 && strcmp(argv[1], "-c") == 0) client(argv[2]);
  fatal("usage: %s -s connections | -c text", argv[0]);
}
