// pidfd_send_signal() is a kill(), and waitid() knows the descriptor.
#include "hand_over.h"

#include <sys/syscall.h>

int main(void) {
  make_data();
  sigset_t before;
  block(SIGUSR1, &before);
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    MUST(sigwaitinfo(only(SIGUSR1), NULL) == SIGUSR1);
    MUST(*data == kRight);
    _exit(0);
  }
  int process = (int)syscall(SYS_pidfd_open, child, 0);
  *data = kRight;
  MUST(syscall(SYS_pidfd_send_signal, process, SIGUSR1, NULL, 0) == 0);
  siginfo_t info;
  MUST(waitid(P_PIDFD, (id_t)process, &info, WEXITED) == 0 && info.si_status == 0);
  return 0;
}
