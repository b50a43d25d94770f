// Who is told that a file was closed comes after its writing.
#include <sys/inotify.h>

#include "hand_over.h"

static int told;

static void give(void) {
  *data = kRight;
  const int file = open("ready", O_CREAT | O_EXCL | O_WRONLY, 0600);
  MUST(file >= 0 && close(file) == 0);
}

static void take(void) {
  char events[4096];
  MUST(read(told, events, sizeof events) > 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  told = inotify_init1(IN_CLOEXEC);
  MUST(told >= 0 && inotify_add_watch(told, ".", IN_CLOSE_WRITE) > 0);
  return run_both(give, take);
}
