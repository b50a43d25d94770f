// Who opens a FIFO to read and who opens it to write wait for each other.
#include "hand_over.h"

#include <sys/stat.h>

static void give(void) {
  data[0] = kRight;
  MUST(open("fifo", O_WRONLY) >= 0);
  MUST(data[1] == kRight);
}

static void take(void) {
  data[1] = kRight;
  MUST(open("fifo", O_RDONLY) >= 0);
  MUST(data[0] == kRight);
}

int main(void) {
  data = shared_memory(2 * sizeof *data);
  MUST(mkfifo("fifo", 0600) == 0);
  return run_both(give, take);
}
