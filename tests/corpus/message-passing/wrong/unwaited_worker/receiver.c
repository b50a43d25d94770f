#include "common.h"

int main(void)
{
  struct msg m;
  ssize_t n;
  int status = 0;
  int id = msgget(5679, IPC_CREAT | 0600);

  if (id < 0) {
    perror("msgget");
    return 1;
  }
  while ((n = msgrcv(id, &m, sizeof m.text, 0, 0)) >= 0) {
    if (m.type == 2)
      break;
    if (fwrite(m.text, 1, n, stdout) != (size_t)n) {
      perror("fwrite");
      status = 1;
      break;
    }
  }
  if (n < 0) {
    perror("msgrcv");
    status = 1;
  }
  if (status == 0 && fflush(stdout) != 0) {
    perror("fflush");
    status = 1;
  }
  if (msgctl(id, IPC_RMID, NULL) < 0) {
    perror("msgctl");
    status = 1;
  }
  return status;
}
