// finds: data-race
// connect() doesn't wait for accept(): it may be done long before that.
#include "socket.h"

static int listener;

static void give(void) {
  int own = socket(AF_UNIX, SOCK_STREAM, 0);
  MUST(connect(own, address("socket"), sizeof(struct sockaddr_un)) == 0);
  MUST(*data == kRight);
}

static void take(void) {
  *data = kRight;
  MUST(accept(listener, NULL, NULL) >= 0);
}

int main(void) {
  make_data();
  listener = bound(SOCK_STREAM, "socket");
  MUST(listen(listener, 1) == 0);
  return run_both(give, take);
}
