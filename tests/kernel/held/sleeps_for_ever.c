#include "held.h"

int main(void) {
  volatile int* rounds = shared(4096);
  for (;;) {
    sleep(1);
    ++*rounds;
  }
}
