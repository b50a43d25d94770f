// A look at how many names a file has comes after the link that made one.
#include <sys/stat.h>

#include "hand_over.h"

static int file;

static void give(void) {
  *data = kRight;
  MUST(link("file", "second") == 0);
}

static void take(void) {
  struct stat about;
  do {
    nap();
    MUST(fstat(file, &about) == 0);
  } while (about.st_nlink < 2);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  file = open("file", O_RDWR | O_CREAT, 0600);
  MUST(file >= 0);
  return run_both(give, take);
}
