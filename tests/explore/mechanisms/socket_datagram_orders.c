// A datagram comes after its sending.
#include "socket.h"

static int receiver;

static void give(void) {
  *data = kRight;
  int own = socket(AF_UNIX, SOCK_DGRAM, 0);
  MUST(sendto(own, "x", 1, 0, address("socket"), sizeof(struct sockaddr_un)) == 1);
}

static void take(void) {
  char byte;
  MUST(recvfrom(receiver, &byte, 1, 0, NULL, NULL) == 1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  receiver = bound(SOCK_DGRAM, "socket");
  return run_both(give, take);
}
