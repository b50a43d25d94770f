// finds: data-race
// It is not 0 in the beginning.
#include "hand_over.h"

#include <sys/eventfd.h>

static int event;

static void give(void) {
  *data = kRight;
  MUST(eventfd_write(event, 1) == 0);
}

static void take(void) {
  eventfd_t value;
  MUST(eventfd_read(event, &value) == 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  event = eventfd(1, 0);
  MUST(event >= 0);
  return run_both(give, take);
}
