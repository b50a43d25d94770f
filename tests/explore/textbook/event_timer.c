// timerfd and eventfd in one select(): three ticks, and a child's event.
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/timerfd.h>

#include "textbook.h"

int main(void) {
  struct itimerspec ts = {.it_value = {1, 0}, .it_interval = {1, 0}};
  uint64_t ticks = 0, told = 0, number;
  int tfd = timerfd_create(CLOCK_REALTIME, 0);
  if (tfd == -1) errExit("timerfd_create");
  int efd = eventfd(0, 0);
  if (efd == -1) errExit("eventfd");
  if (timerfd_settime(tfd, 0, &ts, NULL) == -1) errExit("timerfd_settime");
  switch (fork()) {
    case -1:
      errExit("fork");
    case 0:
      number = 5;
      if (write(efd, &number, sizeof number) != sizeof number) errExit("write");
      _exit(EXIT_SUCCESS);
  }
  while (ticks < 3 || told == 0) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(tfd, &set);
    FD_SET(efd, &set);
    if (select((tfd > efd ? tfd : efd) + 1, &set, NULL, NULL, NULL) == -1) errExit("select");
    if (FD_ISSET(tfd, &set)) {
      if (read(tfd, &number, sizeof number) != sizeof number) errExit("read");
      ticks += number;
    }
    if (FD_ISSET(efd, &set) && read(efd, &told, sizeof told) != sizeof told) errExit("read");
  }
  printf("%d\n", (int)told);
  wait(NULL);
  exit(EXIT_SUCCESS);
}
