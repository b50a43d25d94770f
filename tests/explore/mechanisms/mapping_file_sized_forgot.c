// finds: data-race
// A plain word in a file that both make long enough orders nothing.
#include "hand_over.h"

static int file;

static volatile int* ready(void) {
  MUST(ftruncate(file, 4096) == 0);
  void* memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  MUST(memory != MAP_FAILED);
  return memory;
}

static void give(void) {
  volatile int* flag = ready();
  *data = kRight;
  *flag = 1;
}

static void take(void) {
  volatile int* flag = ready();
  while (*flag == 0) nap();
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  file = open("file", O_RDWR | O_CREAT, 0600);
  MUST(file >= 0);
  return run_both(give, take);
}
