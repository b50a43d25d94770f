// Shares nothing with anybody.
#include <stdio.h>

int main(void) {
  unsigned sum = 0;
  for (unsigned i = 0; i < 1000; i++) sum += i * i;
  printf("%u\n", sum);
  return 0;
}
