// Ignores every signal that it may, and sleeps.
// expect: outcome=time-limit
// flags: --wall 1s
#include <signal.h>
#include <unistd.h>

int main(void) {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_IGN);
  for (;;) pause();
}
