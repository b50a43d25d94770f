// Code in shared memory.
#include "held.h"

int main(void) {
  unsigned char* place =
      mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  place[0] = 0xc3;
  ((void (*)(void))place)();
  return 0;
}
