// A write that waited for room comes after the read that made it.
#include "hand_over.h"

#include <sys/eventfd.h>

static int event;

static void give(void) {
  eventfd_t value;
  *data = kRight;
  MUST(eventfd_read(event, &value) == 0);
}

static void take(void) {
  MUST(eventfd_write(event, 0xfffffffffffffffe) == 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  event = eventfd(1, 0);
  MUST(event >= 0);
  return run_both(give, take);
}
