// Opens files until there are no more.
// expect: outcome=exited status=0
// flags: --open-files 100
#include <fcntl.h>
#include <unistd.h>

#include "must.h"

int main(void) {
  int count = 0;
  while (count < 1000 && open("/dev/null", O_RDONLY) >= 0) ++count;
  must_hold(count < 100 && errno == EMFILE, "the limit of open files");
  return escaped;
}
