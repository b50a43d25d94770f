// A shared mapping of /dev/zero is shared with the children, and waitpid() orders.
#include "hand_over.h"

static void* zero_mapping(size_t size) {
  int zero = open("/dev/zero", O_RDWR);
  MUST(zero >= 0);
  void* memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, zero, 0);
  MUST(memory != MAP_FAILED && close(zero) == 0);
  return memory;
}

int main(void) {
  int* shared = zero_mapping(sizeof *shared);
  int* other = zero_mapping(sizeof *other);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    *shared = kRight;
    _exit(0);
  }
  MUST(waitpid(child, NULL, 0) == child);
  return *shared == kRight && *other == 0 ? 0 : 2;
}
