// accept() comes after the connect() that it got.
#include "socket.h"

static int listener;

static void give(void) {
  *data = kRight;
  int own = socket(AF_UNIX, SOCK_STREAM, 0);
  MUST(connect(own, address("socket"), sizeof(struct sockaddr_un)) == 0);
}

static void take(void) {
  MUST(accept(listener, NULL, NULL) >= 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  listener = bound(SOCK_STREAM, "socket");
  MUST(listen(listener, 1) == 0);
  return run_both(give, take);
}
