#include "held.h"

__attribute__((noinline)) static int deeper(volatile int* above) {
  volatile int here[1024];
  here[0] = *above + 1;
  return deeper(here) + here[0];
}

int main(void) {
  volatile int first = 0;
  return deeper(&first);
}
