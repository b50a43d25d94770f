#include "held.h"

int main(void) {
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(20));
  return result > 0;
}
