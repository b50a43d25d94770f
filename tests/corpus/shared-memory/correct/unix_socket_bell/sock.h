#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static inline struct sockaddr_un address(void)
{
  struct sockaddr_un a = { .sun_family = AF_UNIX };
  strcpy(a.sun_path, "/tmp/alphabet.socket");
  return a;
}

static inline bool put_byte(int fd)
{
  ssize_t n;
  do
    n = send(fd, "x", 1, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n != 1)
    perror("send");
  return n == 1;
}

static inline bool get_byte(int fd)
{
  char c;
  ssize_t n;
  do
    n = recv(fd, &c, 1, 0);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    perror("recv");
  else if (n == 0)
    fprintf(stderr, "the other side hung up\n");
  return n == 1;
}
