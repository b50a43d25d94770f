// Mapped twice, in one process even, it is one memory.
#include "hand_over.h"

static int file;

static int* mapped(void) {
  int* memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  MUST(memory != MAP_FAILED);
  return memory;
}

int main(void) {
  file = memfd_create("twins", 0);
  MUST(file >= 0 && ftruncate(file, 4096) == 0);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    *mapped() = kRight;
    _exit(0);
  }
  int* first = mapped();
  MUST(waitpid(child, NULL, 0) == child);
  MUST(*first == kRight && *mapped() == kRight);
  return 0;
}
