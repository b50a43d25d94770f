// A handler that returns to the instruction that faults.
#include <signal.h>

#include "held.h"

static void on_fault(int signal) { (void)signal; }

int main(void) {
  signal(SIGSEGV, on_fault);
  *(volatile int*)8 = 1;
  return done();
}
