// Burns the processor, with every signal blocked.
// expect: outcome=cpu-limit
// flags: --cpu 1s --wall 60s
#include <signal.h>
#include <stddef.h>

int main(void) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  for (;;) __asm__ volatile("");
}
