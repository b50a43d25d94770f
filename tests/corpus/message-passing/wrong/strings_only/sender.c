#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
  int qid;

  qid = msgget((key_t)5679, IPC_CREAT | 0666);
  if (qid == -1) {
    perror("msgget failed");
    exit(EXIT_FAILURE);
  }

  /* send it line by line */
  m.mtype = 1;
  while (fgets(m.mtext, sizeof(m.mtext), stdin) != NULL) {
    if (msgsnd(qid, &m, strlen(m.mtext), 0) == -1) {
      perror("msgsnd failed");
      msgctl(qid, IPC_RMID, NULL);
      exit(EXIT_FAILURE);
    }
  }
  if (ferror(stdin)) {
    perror("fgets failed");
    msgctl(qid, IPC_RMID, NULL);
    exit(EXIT_FAILURE);
  }

  /* type 2 = finished */
  m.mtype = 2;
  if (msgsnd(qid, &m, 0, 0) == -1) {
    perror("msgsnd failed");
    msgctl(qid, IPC_RMID, NULL);
    exit(EXIT_FAILURE);
  }
  exit(EXIT_SUCCESS);
}
