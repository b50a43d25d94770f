// Where the network is allowed, it is a network with nobody on it.
// expect: outcome=exited status=0
#include <arpa/inet.h>
#include <net/if.h>
#include <sys/socket.h>

#include "must.h"

int main(void) {
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(53)};
  inet_pton(AF_INET, "192.0.2.1", &there.sin_addr);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  must_hold(fd >= 0, "a socket");
  must_fail(connect(fd, (struct sockaddr *)&there, sizeof there), "connect");
  must_hold(errno == ENETUNREACH, "no network");
  must_fail(socket(AF_INET, SOCK_RAW, 1), "a raw socket");
  must_fail(socket(AF_NETLINK, SOCK_RAW, 0), "netlink");
  must_hold(if_nametoindex("eth0") == 0, "no eth0");
  return escaped;
}
