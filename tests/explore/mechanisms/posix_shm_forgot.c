// finds: crash
// The object may still be empty.
#include "hand_over.h"

static void give(void) {
  int object = shm_open("/twins", O_RDWR | O_CREAT | O_EXCL, 0600);
  MUST(object >= 0);
  MUST(ftruncate(object, 4096) == 0);
}

static void take(void) {
  int object;
  while ((object = shm_open("/twins", O_RDWR, 0)) < 0) nap();
  int* there = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
  MUST(there != MAP_FAILED && *there == 0);
  MUST(shm_unlink("/twins") == 0);
}

int main(void) { return run_both(give, take); }
