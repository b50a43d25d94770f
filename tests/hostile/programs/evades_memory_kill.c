// The init is spared when the kernel kills for lack of memory; what it starts must not be. In tier D
// nothing in /proc can be written.
// expect: outcome=exited status=0
#include <fcntl.h>
#include <unistd.h>

#include "must.h"

int main(void) {
  const int file = open("/proc/self/oom_score_adj", O_RDWR);
  must_hold((file >= 0) == (TIER != 'D'), "oom_score_adj");
  must_fail(write(file, "-1000", 5), "to be spared for good");
  must_fail(write(file, "-1", 2), "to be spared a little");
  must_fail(open("/proc/1/oom_score_adj", O_WRONLY), "the init's");
  return escaped;
}
