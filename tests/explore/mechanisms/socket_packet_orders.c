// Each receipt gets one packet, and comes after its sending.
#include "socket.h"

static int listener;

static void give(void) {
  int own = socket(AF_UNIX, SOCK_SEQPACKET, 0);
  MUST(connect(own, address("socket"), sizeof(struct sockaddr_un)) == 0);
  data[0] = kRight;
  MUST(send(own, "ab", 2, 0) == 2);
  data[1] = kRight;
  MUST(send(own, "c", 1, 0) == 1);
}

static void take(void) {
  int own = accept(listener, NULL, NULL);
  char bytes[4];
  MUST(recv(own, bytes, sizeof bytes, 0) == 2);
  MUST(data[0] == kRight);
  MUST(recv(own, bytes, sizeof bytes, 0) == 1);
  MUST(data[1] == kRight);
}

int main(void) {
  data = shared_memory(2 * sizeof *data);
  listener = bound(SOCK_SEQPACKET, "socket");
  MUST(listen(listener, 1) == 0);
  return run_both(give, take);
}
