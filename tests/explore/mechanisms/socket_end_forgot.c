// finds: deadlock
// close() leaves the other side open that the reader holds itself.
#include "hand_over.h"

#include <sys/socket.h>

static int ends[2];

static void give(void) {
  *data = kRight;
  close(ends[0]);
}

static void take(void) {
  char byte;
  MUST(read(ends[1], &byte, 1) == 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  return run_both(give, take);
}
