// finds: deadlock
// Without EFD_SEMAPHORE the first read may take both.
#include "hand_over.h"

#include <sys/eventfd.h>

static int event;

static void give(void) {
  data[0] = kRight;
  MUST(eventfd_write(event, 1) == 0);
  data[1] = kRight;
  MUST(eventfd_write(event, 1) == 0);
}

static void take(void) {
  eventfd_t value;
  for (int i = 0; i < 2; i++) {
    MUST(eventfd_read(event, &value) == 0);
    MUST(data[i] == kRight);
  }
}

int main(void) {
  data = shared_memory(2 * sizeof *data);
  event = eventfd(0, 0);
  MUST(event >= 0);
  return run_both(give, take);
}
