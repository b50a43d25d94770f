// What is received comes after its sending, both ways.
#include "hand_over.h"

#include <sys/socket.h>

static int ends[2];

static void give(void) {
  char byte;
  data[0] = kRight;
  MUST(send(ends[0], "x", 1, 0) == 1);
  MUST(recv(ends[0], &byte, 1, 0) == 1);
  MUST(data[1] == kRight);
}

static void take(void) {
  char byte;
  data[1] = kRight;
  MUST(read(ends[1], &byte, 1) == 1);
  MUST(data[0] == kRight);
  MUST(write(ends[1], "y", 1) == 1);
}

int main(void) {
  data = shared_memory(2 * sizeof *data);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  return run_both(give, take);
}
