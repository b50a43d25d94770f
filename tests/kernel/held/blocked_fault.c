// A fault of its own while SIGSEGV is blocked ends it, handler or not. Source: sigprocmask(2).
#define _GNU_SOURCE
#include <signal.h>

#include "held.h"

static void on_fault(int signal) {
  (void)signal;
  _exit(0);
}

int main(void) {
  signal(SIGSEGV, on_fault);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  *(volatile int*)8 = 1;
  return 0;
}
