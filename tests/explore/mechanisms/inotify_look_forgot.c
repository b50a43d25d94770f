// finds: deadlock
// Looks first, and watches then: of a file that is made in between it is never told.
#include <sys/inotify.h>

#include "hand_over.h"

static void give(void) {
  *data = kRight;
  const int file = open("ready", O_CREAT | O_EXCL | O_WRONLY, 0600);
  MUST(file >= 0 && close(file) == 0);
}

static void take(void) {
  char events[4096];
  if (access("ready", F_OK) == 0) {
    MUST(*data == kRight);
    return;
  }
  const int told = inotify_init();
  MUST(told >= 0 && inotify_add_watch(told, ".", IN_CREATE) > 0);
  MUST(read(told, events, sizeof events) > 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  return run_both(give, take);
}
