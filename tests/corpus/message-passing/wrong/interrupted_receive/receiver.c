#include "shared.h"

static volatile sig_atomic_t hurry;

/* Ctrl-\ asks to show at once what there is. */
static void on_quit(int sig)
{
  (void)sig;
  hurry = 1;
}

int main(void)
{
  struct sigaction sa;
  long n;

  memset(&sa, 0, sizeof sa);
  sa.sa_handler = on_quit;
  sa.sa_flags = SA_RESTART;     /* so no call is disturbed by it */
  if (sigaction(SIGQUIT, &sa, NULL) == -1) {
    perror("sigaction");
    return 1;
  }

  if (join_queue() == -1)
    return 1;
  for (;;) {
    n = get();
    if (n == -1)
      return leave_queue(1);
    if (message.kind == END)
      break;
    if (fwrite(message.text, 1, n, stdout) != (size_t)n || (hurry && fflush(stdout) != 0)) {
      perror("stdout");
      return leave_queue(1);
    }
    hurry = 0;
  }
  if (fflush(stdout) != 0) {
    perror("stdout");
    return leave_queue(1);
  }
  return leave_queue(0);
}
