#include "held.h"

int main(void) {
  int* cell = shared(4096);
  int expected = 5;
  EXPECT(!__atomic_compare_exchange_n(cell, &expected, 6, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
  EXPECT(expected == 0);
  EXPECT(__atomic_compare_exchange_n(cell, &expected, 6, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
  return done();
}
