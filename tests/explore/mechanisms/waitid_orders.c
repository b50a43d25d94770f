// Also a wait that leaves the zombie comes after all that the child did.
#include "hand_over.h"

int main(void) {
  make_data();
  pid_t child = fork();
  MUST(child >= 0);
  if (child == 0) {
    *data = kRight;
    _exit(0);
  }
  siginfo_t info;
  MUST(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == 0);
  MUST(*data == kRight);
  MUST(waitid(P_ALL, 0, &info, WEXITED) == 0);
  return 0;
}
