// finds: data-race
// The file is written too early.
#include "hand_over.h"

static int file;

static void give(void) {
  MUST(pwrite(file, "x", 1, 0) == 1);
  *data = kRight;
}

static void take(void) {
  char byte;
  while (pread(file, &byte, 1, 0) != 1) nap();
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  file = open("file", O_RDWR | O_CREAT, 0600);
  MUST(file >= 0);
  return run_both(give, take);
}
