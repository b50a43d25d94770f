// finds: data-race
// Doesn't wait for the child before it looks at what pwrite() writes.
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
    MUST(pwrite(file, &(int){kRight}, sizeof(int), sizeof(int)) == sizeof(int));
    _exit(0);
  }
  int seen = first[1];
  MUST(waitpid(child, NULL, 0) == child);
  MUST(seen == kRight);
  return 0;
}
