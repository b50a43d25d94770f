// With SIGXFSZ ignored the limit is an error like any other.
// expect: outcome=exited status=0
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "must.h"

int main(void) {
  signal(SIGXFSZ, SIG_IGN);
  const int fd = open("escape", O_CREAT | O_RDWR, 0600);
  must_fail(ftruncate(fd, 1L << 40), "ftruncate");
  must_fail(pwrite(fd, "x", 1, 1L << 39), "pwrite");
  must_hold(errno == EFBIG, "EFBIG");
  return escaped;
}
