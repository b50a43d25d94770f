// Folders in folders, until there are no more names or, since the kernel looks through all that are
// above, no more time. A box must go away with all of them.
// expect: outcome=exited|cpu-limit
// flags: --wall 60s --cpu 3s
#include <sys/stat.h>
#include <unistd.h>

#include "must.h"

int main(void) {
  int depth = 0;
  while (depth < 100000 && mkdir("escape", 0700) == 0 && chdir("escape") == 0) ++depth;
  must_hold(depth < 100000, "a limit of folders");
  return escaped;
}
