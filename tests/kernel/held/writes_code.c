// Code that is made as it runs, changed, and run again.
#include "held.h"

typedef int Function(volatile int* cell);

int main(void) {
  volatile int* cell = shared(4096);
  // mov %edi's target: movl $0x11, (%rdi); mov (%rdi), %eax; ret
  unsigned char code[] = {0xc7, 0x07, 0x11, 0, 0, 0, 0x8b, 0x07, 0xc3};
  unsigned char* place =
      mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  EXPECT(place != MAP_FAILED);
  memcpy(place, code, sizeof code);
  Function* const function = (Function*)place;
  EXPECT(function(cell) == 0x11 && *cell == 0x11);
  place[2] = 0x22;
  EXPECT(function(cell) == 0x22 && *cell == 0x22);
  place[0] = 0x83;  // addl $5, (%rdi)
  place[2] = 5;
  memcpy(place + 3, code + 6, 3);
  EXPECT(function(cell) == 0x27 && *cell == 0x27);
  return done();
}
