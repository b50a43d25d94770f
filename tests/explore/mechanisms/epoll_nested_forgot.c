// finds: data-race
// That the inner list can be told of says only that something came, not from whom.
#include <sys/epoll.h>

#include "hand_over.h"

int main(void) {
  int ends[2];
  struct epoll_event event = {.events = EPOLLIN};
  make_data();
  MUST(pipe(ends) == 0);
  int inner = epoll_create1(0), outer = epoll_create1(0);
  MUST(epoll_ctl(inner, EPOLL_CTL_ADD, ends[0], &event) == 0);
  MUST(epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event) == 0);
  MUST(write(ends[1], "", 1) == 1);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    *data = kRight;
    MUST(write(ends[1], "", 1) == 1);
    _exit(0);
  }
  MUST(epoll_wait(outer, &event, 1, -1) == 1);
  MUST(*data == kRight || *data == 0);
  return waitpid(child, NULL, 0) == child ? 0 : 2;
}
