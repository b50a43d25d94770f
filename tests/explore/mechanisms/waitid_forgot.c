// finds: data-race
// WSTOPPED: the wait is over when the child stops, and it writes after that.
#include "hand_over.h"

int main(void) {
  make_data();
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    raise(SIGSTOP);
    *data = kRight;
    _exit(0);
  }
  siginfo_t info;
  MUST(waitid(P_PID, (id_t)child, &info, WEXITED | WSTOPPED) == 0);
  if (info.si_code == CLD_STOPPED) kill(child, SIGCONT);
  MUST(*data == kRight);
  MUST(waitid(P_ALL, 0, &info, WEXITED) == 0);
  return 0;
}
