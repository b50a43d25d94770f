// TIOCSTI puts words into the mouth of whoever sits at the terminal.
// expect: outcome=exited status=0
#include <sys/ioctl.h>
#include <termios.h>

#include "must.h"

// Whatever the descriptor is: where there is a terminal, too.
static void must_be_refused(int fd, unsigned long request, const char *what) {
  errno = 0;
  must_fail(ioctl(fd, request, "\03"), what);
  must_hold(errno == EPERM, what);
}

int main(void) {
  for (int fd = -1; fd < 3; ++fd) {
    must_be_refused(fd, TIOCSTI, "TIOCSTI");
    must_be_refused(fd, TIOCSTI | 0x100000000UL, "TIOCSTI with high bits");
    must_be_refused(fd, TIOCLINUX, "TIOCLINUX");
    must_be_refused(fd, TIOCLINUX | 0xffffffff00000000UL, "TIOCLINUX with high bits");
    must_fail(ioctl(fd, TIOCSCTTY, 1), "TIOCSCTTY");
  }
  return escaped;
}
