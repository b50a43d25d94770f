// A look at a file's mode comes after the change that it shows.
#include <sys/stat.h>

#include "hand_over.h"

static int file;

static void give(void) {
  *data = kRight;
  MUST(fchmod(file, 0644) == 0);
}

static void take(void) {
  struct stat about;
  do {
    nap();
    MUST(stat("file", &about) == 0);
  } while ((about.st_mode & 0777) != 0644);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  file = open("file", O_RDWR | O_CREAT, 0600);
  MUST(file >= 0);
  return run_both(give, take);
}
