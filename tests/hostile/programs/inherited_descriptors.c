// The test leaves descriptors open in the grader. None may come down here, and no other process of
// the box may be looked into for some.
// expect: outcome=exited status=0
#include <fcntl.h>
#include <unistd.h>

#include "must.h"

int main(void) {
  for (int fd = 3; fd < 4096; ++fd) must_fail(fcntl(fd, F_GETFD), "a descriptor above 2");
  return escaped;
}
