// Where the network is allowed, it is a network with nobody on it. Where there is only the machine's,
// it gets no socket at all.
// expect: outcome=exited status=0
#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include "must.h"

/// The kernel's own ear: mq_notify needs one sort of it, through which nothing is to be changed.
static void nothing_by_netlink(void) {
  for (int protocol = 1; protocol < MAX_LINKS; ++protocol) {
    must_fail(socket(AF_NETLINK, SOCK_RAW, protocol), "netlink");
  }
  struct {
    struct nlmsghdr head;
    struct ifinfomsg link;
  } down = {.head = {.nlmsg_len = sizeof down, .nlmsg_type = RTM_NEWLINK,
                     .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
            .link = {.ifi_index = (int)if_nametoindex("lo"), .ifi_change = IFF_UP}};
  struct {
    struct nlmsghdr head;
    struct nlmsgerr error;
    char rest[512];
  } answer = {0};
  const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  must_hold(fd >= 0, "a route socket");
  must_hold(send(fd, &down, sizeof down, 0) == sizeof down, "an order to the kernel");
  must_hold(recv(fd, &answer, sizeof answer, 0) > 0, "its answer");
  must_hold(answer.head.nlmsg_type == NLMSG_ERROR && answer.error.error == -EPERM, "a refusal");
}

static int no_socket(void) {
  for (int family = 0; family < 64; ++family) {
    if (family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK) {
      must_fail(socket(family, SOCK_DGRAM, 0), "a socket");
    }
  }
  return escaped;
}

int main(void) {
  if (!HAS_NAMESPACES) return no_socket();
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(53)};
  inet_pton(AF_INET, "192.0.2.1", &there.sin_addr);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  must_hold(fd >= 0, "a socket");
  must_fail(connect(fd, (struct sockaddr *)&there, sizeof there), "connect");
  must_hold(errno == ENETUNREACH, "no network");
  must_fail(socket(AF_INET, SOCK_RAW, 1), "a raw socket");
  nothing_by_netlink();
  must_hold(if_nametoindex("eth0") == 0, "no eth0");
  return escaped;
}
