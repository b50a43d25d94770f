// A list in a list: lists in a circle, or too deep, are refused with ELOOP; and the inner one tells the
// outer of what came.
#include <sys/epoll.h>

#include "hand_over.h"

static int add(int list, int descriptor) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
  return epoll_ctl(list, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : errno;
}

int main(void) {
  int ends[2], lists[8];
  struct epoll_event event;
  char byte;
  make_data();
  MUST(pipe(ends) == 0);
  for (int i = 0; i < 8; i++) MUST((lists[i] = epoll_create1(0)) >= 0);
  MUST(add(lists[0], lists[0]) == EINVAL);
  MUST(add(lists[0], ends[0]) == 0);
  MUST(add(lists[1], lists[0]) == 0);
  MUST(add(lists[0], lists[1]) == ELOOP);
  MUST(add(lists[2], lists[1]) == 0);
  MUST(add(lists[0], lists[2]) == ELOOP);
  MUST(add(lists[3], lists[2]) == 0);
  MUST(add(lists[4], lists[3]) == 0);
  MUST(add(lists[5], lists[4]) == ELOOP);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    *data = kRight;
    MUST(write(ends[1], "", 1) == 1);
    _exit(0);
  }
  MUST(epoll_wait(lists[1], &event, 1, -1) == 1 && event.data.fd == lists[0]);
  MUST(read(ends[0], &byte, 1) == 1);
  MUST(*data == kRight);
  return waitpid(child, NULL, 0) == child ? 0 : 2;
}
