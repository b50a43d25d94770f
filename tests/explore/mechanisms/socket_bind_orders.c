// connect() works once the other listens, and comes after that.
#include "socket.h"

static void give(void) {
  int listener = bound(SOCK_STREAM, "socket");
  *data = kRight;
  MUST(listen(listener, 1) == 0);
  MUST(accept(listener, NULL, NULL) >= 0);
}

static void take(void) {
  int own = socket(AF_UNIX, SOCK_STREAM, 0);
  while (connect(own, address("socket"), sizeof(struct sockaddr_un)) != 0) nap();
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  return run_both(give, take);
}
