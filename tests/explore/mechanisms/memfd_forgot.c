// finds: data-race
// Other addresses, the same bytes.
#include "hand_over.h"

static int file;

static int* mapped(void) {
  int* memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  MUST(memory != MAP_FAILED);
  return memory;
}

static void count(void) { ++*mapped(); }

int main(void) {
  file = memfd_create("twins", 0);
  MUST(file >= 0 && ftruncate(file, 4096) == 0);
  run_both(count, count);
  MUST(*mapped() == 2);
  return 0;
}
