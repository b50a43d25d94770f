// Who sees the size of the object comes after ftruncate().
#include "hand_over.h"

#include <sys/stat.h>

static void give(void) {
  int object = shm_open("/twins", O_RDWR | O_CREAT | O_EXCL, 0600);
  MUST(object >= 0);
  *data = kRight;
  MUST(ftruncate(object, 4096) == 0);
}

static void take(void) {
  int object;
  while ((object = shm_open("/twins", O_RDWR, 0)) < 0) nap();
  struct stat state;
  for (;;) {
    MUST(fstat(object, &state) == 0);
    if (state.st_size == 4096) break;
    nap();
  }
  MUST(*data == kRight);
  int* there = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
  MUST(there != MAP_FAILED && *there == 0);
  MUST(shm_unlink("/twins") == 0);
}

int main(void) {
  make_data();
  return run_both(give, take);
}
