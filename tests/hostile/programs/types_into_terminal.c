// TIOCSTI puts words into the mouth of whoever sits at the terminal.
// expect: outcome=exited status=0
#include <sys/ioctl.h>
#include <termios.h>

#include "must.h"

/// By the filter, whatever is open there: what is no terminal would say ENOTTY.
static void must_be_refused(long result, const char *what) {
  must_fail(result, what);
  must_hold(errno == EPERM, what);
}

int main(void) {
  for (int fd = 0; fd < 3; ++fd) {
    must_be_refused(ioctl(fd, TIOCSTI, "x"), "TIOCSTI");
    must_be_refused(ioctl(fd, TIOCSTI | 0x100000000UL, "x"), "TIOCSTI with high bits");
    must_be_refused(ioctl(fd, TIOCLINUX, "\03"), "TIOCLINUX");
    must_fail(ioctl(fd, TIOCSCTTY, 1), "TIOCSCTTY");
  }
  return escaped;
}
