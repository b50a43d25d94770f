// finds: order-dependent-result
// The other may not listen yet.
#include "socket.h"

static void give(void) {
  int listener = bound(SOCK_STREAM, "socket");
  MUST(listen(listener, 1) == 0);
}

static void take(void) {
  int own = socket(AF_UNIX, SOCK_STREAM, 0);
  MUST(connect(own, address("socket"), sizeof(struct sockaddr_un)) == 0);
}

int main(void) { return run_both(give, take); }
