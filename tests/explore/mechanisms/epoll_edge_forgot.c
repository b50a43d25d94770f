// finds: lost-wakeup
// Told once of two bytes, it reads one.
#include <sys/epoll.h>

#include "hand_over.h"

static int ends[2], instance;

static void give(void) {
  MUST(write(ends[1], "x", 1) == 1);
  MUST(write(ends[1], "y", 1) == 1);
}

static void take(void) {
  struct epoll_event event;
  char byte;
  for (int left = 2; left > 0;) {
    MUST(epoll_wait(instance, &event, 1, -1) == 1);
    if (read(ends[0], &byte, 1) == 1) --left;
  }
}

int main(void) {
  MUST(pipe2(ends, O_NONBLOCK) == 0);
  instance = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = ends[0]};
  MUST(epoll_ctl(instance, EPOLL_CTL_ADD, ends[0], &event) == 0);
  return run_both(give, take);
}
