// Two mappings of a file are the same memory, and so is what pwrite() writes; fork and wait order.
#include "hand_over.h"

static int* mapped(int file) {
  int* memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  MUST(memory != MAP_FAILED);
  return memory;
}

int main(void) {
  int file = open("file", O_RDWR | O_CREAT, 0600);
  MUST(file >= 0 && ftruncate(file, 4096) == 0);
  int* first = mapped(file);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    mapped(file)[0] = kRight;
    MUST(pwrite(file, &(int){kRight}, sizeof(int), sizeof(int)) == sizeof(int));
    _exit(0);
  }
  MUST(waitpid(child, NULL, 0) == child);
  MUST(first[0] == kRight && first[1] == kRight);
  return 0;
}
