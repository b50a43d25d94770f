// finds: data-race
// O_RDWR doesn't wait.
#include "hand_over.h"

#include <sys/stat.h>

static void give(void) {
  data[0] = kRight;
  MUST(open("fifo", O_RDWR) >= 0);
}

static void take(void) {
  MUST(open("fifo", O_RDONLY) >= 0);
  MUST(data[0] == kRight);
  data[1] = kRight;
}

int main(void) {
  data = shared_memory(2 * sizeof *data);
  MUST(mkfifo("fifo", 0600) == 0);
  int kept = open("fifo", O_RDWR);
  MUST(kept >= 0);
  return run_both(give, take);
}
