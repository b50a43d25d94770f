// finds: data-race
// The close of any descriptor of the file gives all its locks back.
#include "hand_over.h"

static int file;

static void change(short type) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_len = 1};
  MUST(fcntl(file, F_SETLKW, &lock) == 0);
}

static void count(void) {
  change(F_WRLCK);
  close(open("lock", O_RDONLY));
  ++*data;
  change(F_UNLCK);
}

int main(void) {
  make_data();
  file = open("lock", O_RDWR | O_CREAT, 0600);
  run_both(count, count);
  MUST(*data == 2);
  return 0;
}
