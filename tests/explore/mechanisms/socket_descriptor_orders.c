// A descriptor that is passed on is the same pipe: its end comes after the last close.
#include "socket.h"

static int ends[2];

static void give(void) {
  int pipe_ends[2];
  MUST(pipe(pipe_ends) == 0);
  send_descriptor(ends[0], pipe_ends[0]);
  close(pipe_ends[0]);
  *data = kRight;
  close(pipe_ends[1]);
}

static void take(void) {
  char byte;
  MUST(read(received_descriptor(ends[1]), &byte, 1) == 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  return run_both(give, take);
}
