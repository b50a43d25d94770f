// TIOCSTI puts words into the mouth of whoever sits at the terminal.
// expect: outcome=exited status=0
#include <sys/ioctl.h>
#include <termios.h>

#include "must.h"

int main(void) {
  for (int fd = 0; fd < 3; ++fd) {
    must_fail(ioctl(fd, TIOCSTI, "x"), "TIOCSTI");
    must_fail(ioctl(fd, TIOCSTI | 0x100000000UL, "x"), "TIOCSTI with high bits");
    must_fail(ioctl(fd, TIOCLINUX, "\03"), "TIOCLINUX");
    must_fail(ioctl(fd, TIOCSCTTY, 1), "TIOCSCTTY");
  }
  return escaped;
}
