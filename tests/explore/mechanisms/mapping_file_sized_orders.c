// Both see to it that the file is long enough: that writes none of its bytes, and what is handed over
// by them stays so.
#include <stdatomic.h>

#include "hand_over.h"

static int file;

static atomic_int* ready(void) {
  MUST(ftruncate(file, 4096) == 0);
  void* memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  MUST(memory != MAP_FAILED);
  return memory;
}

static void give(void) {
  atomic_int* flag = ready();
  *data = kRight;
  atomic_store_explicit(flag, 1, memory_order_release);
}

static void take(void) {
  atomic_int* flag = ready();
  while (atomic_load_explicit(flag, memory_order_acquire) == 0) nap();
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  file = open("file", O_RDWR | O_CREAT, 0600);
  MUST(file >= 0);
  return run_both(give, take);
}
