// A hundred thousand names for one file. Without mounts the machine's own file system says how many.
// expect: outcome=exited status=0
// flags: --wall 60s --cpu 60s
#include <fcntl.h>
#include <unistd.h>

#include "must.h"

int main(void) {
  close(open("escape", O_CREAT | O_WRONLY, 0600));
  int links = 0;
  for (char name[32]; links < 100000; ++links) {
    sprintf(name, "escape%d", links);
    if (link("escape", name) != 0) break;
  }
  if (HAS_NAMESPACES) must_hold(links < 100000, "a limit of links");
  return escaped;
}
