// Half a second without a call is no fault.
#include "held.h"

int main(void) {
  for (volatile long i = 0; i < 200000000; ++i) {
  }
  return done();
}
