// finds: data-race
// Takes the time-out for the event.
#include "hand_over.h"

#include <sys/epoll.h>

static int ends[2], instance;

static void give(void) {
  *data = kRight;
  MUST(write(ends[1], "x", 1) == 1);
}

static void take(void) {
  struct epoll_event event;
  epoll_wait(instance, &event, 1, 1000);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  MUST(pipe(ends) == 0);
  instance = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = ends[0]};
  MUST(epoll_ctl(instance, EPOLL_CTL_ADD, ends[0], &event) == 0);
  return run_both(give, take);
}
