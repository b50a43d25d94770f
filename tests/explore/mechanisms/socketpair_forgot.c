// finds: data-race
// Answers before the data are there.
#include "hand_over.h"

#include <sys/socket.h>

static int ends[2];

static void give(void) {
  char byte;
  MUST(send(ends[0], "x", 1, 0) == 1);
  MUST(recv(ends[0], &byte, 1, 0) == 1);
  MUST(*data == kRight);
}

static void take(void) {
  char byte;
  MUST(read(ends[1], &byte, 1) == 1);
  MUST(write(ends[1], "y", 1) == 1);
  *data = kRight;
}

int main(void) {
  make_data();
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  return run_both(give, take);
}
