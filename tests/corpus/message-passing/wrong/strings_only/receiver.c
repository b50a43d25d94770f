#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/msg.h>

struct mymsg {
  long mtype;
  char mtext[256];
};

int main(void)
{
  struct mymsg m;
  int qid, n, status = EXIT_SUCCESS;

  qid = msgget((key_t)5679, IPC_CREAT | 0666);
  if (qid == -1) {
    perror("msgget failed");
    exit(EXIT_FAILURE);
  }

  for (;;) {
    n = msgrcv(qid, &m, sizeof(m.mtext), 0, 0);
    if (n == -1) {
      perror("msgrcv failed");
      status = EXIT_FAILURE;
      break;
    }
    if (m.mtype == 2)
      break;
    if (printf("%.*s", n, m.mtext) < 0) {
      perror("printf failed");
      status = EXIT_FAILURE;
      break;
    }
  }
  if (status == EXIT_SUCCESS && fflush(stdout) != 0) {
    perror("fflush failed");
    status = EXIT_FAILURE;
  }
  if (msgctl(qid, IPC_RMID, NULL) == -1) {
    perror("msgctl failed");
    status = EXIT_FAILURE;
  }
  exit(status);
}
