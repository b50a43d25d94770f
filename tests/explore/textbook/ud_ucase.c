// run: ./program -s
// run: ./program -c long message
// Datagrams in the UNIX domain: the client binds an address of its own for the answers.
#include <ctype.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "textbook.h"

#define BUF_SIZE 10
#define SV_SOCK_PATH "/tmp/ud_ucase"

static void server(void) {
  struct sockaddr_un svaddr, claddr;
  char buf[BUF_SIZE];
  int sfd = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (sfd == -1) errExit("socket");
  if (remove(SV_SOCK_PATH) == -1 && errno != ENOENT) errExit("remove-%s", SV_SOCK_PATH);
  memset(&svaddr, 0, sizeof svaddr);
  svaddr.sun_family = AF_UNIX;
  strncpy(svaddr.sun_path, SV_SOCK_PATH, sizeof(svaddr.sun_path) - 1);
  if (bind(sfd, (struct sockaddr*)&svaddr, sizeof svaddr) == -1) errExit("bind");
  for (int i = 0; i < 2; i++) {
    socklen_t len = sizeof claddr;
    ssize_t numBytes = recvfrom(sfd, buf, BUF_SIZE, 0, (struct sockaddr*)&claddr, &len);
    if (numBytes == -1) errExit("recvfrom");
    printf("Server received %ld bytes from %s\n", (long)numBytes, claddr.sun_path);
    for (int j = 0; j < numBytes; j++) buf[j] = toupper((unsigned char)buf[j]);
    if (sendto(sfd, buf, numBytes, 0, (struct sockaddr*)&claddr, len) != numBytes) fatal("sendto");
  }
  remove(SV_SOCK_PATH);
  exit(EXIT_SUCCESS);
}

static void client(int count, char* messages[]) {
  struct sockaddr_un svaddr, claddr;
  char resp[BUF_SIZE];
  int sfd = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (sfd == -1) errExit("socket");
  memset(&claddr, 0, sizeof claddr);
  claddr.sun_family = AF_UNIX;
  snprintf(claddr.sun_path, sizeof(claddr.sun_path), "/tmp/ud_ucase_cl.%ld", (long)getpid());
  if (bind(sfd, (struct sockaddr*)&claddr, sizeof claddr) == -1) errExit("bind");
  memset(&svaddr, 0, sizeof svaddr);
  svaddr.sun_family = AF_UNIX;
  strncpy(svaddr.sun_path, SV_SOCK_PATH, sizeof(svaddr.sun_path) - 1);
  for (int j = 0; j < count; j++) {
    size_t msgLen = strlen(messages[j]);
    while (sendto(sfd, messages[j], msgLen, 0, (struct sockaddr*)&svaddr, sizeof svaddr) == -1) {
      if (errno != ENOENT && errno != ECONNREFUSED) errExit("sendto");
      usleep(100000);
    }
    ssize_t numBytes = recvfrom(sfd, resp, BUF_SIZE, 0, NULL, NULL);
    if (numBytes == -1) errExit("recvfrom");
    printf("Response %d: %.*s\n", j + 1, (int)numBytes, resp);
  }
  remove(claddr.sun_path);
  exit(EXIT_SUCCESS);
}

int main(int argc, char* argv[]) {
  if (argc == 2 && strcmp(argv[1], "-s") == 0) server();
  if (argc == 4 && strcmp(argv[1], "-c") == 0) client(argc - 2, argv + 2);
  fatal("usage: %s -s | -c msg...", argv[0]);
}
