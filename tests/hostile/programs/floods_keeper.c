// Signals that the keeper is asked about, as many as eight processes can send.
// expect: outcome=time-limit|cpu-limit
// flags: --wall 3s --cpu 60s
#include <signal.h>
#include <unistd.h>

int main(void) {
  signal(SIGXFSZ, SIG_IGN);
  for (int i = 0; i < 3; ++i) fork();
  for (;;) kill(getpid(), SIGXFSZ);
}
