#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

struct packet {
  long type;
  char text[900];
};

int main(void)
{
  struct packet p;
  ssize_t n;
  int q = msgget(5679, IPC_CREAT | 0600);

  if (q < 0) {
    perror("sender: msgget");
    return 1;
  }
  do {
    n = read(0, p.text, sizeof p.text);
    p.type = n > 0 ? 1 : 2;
    if (n < 0 || msgsnd(q, &p, n, 0) < 0) {
      perror("sender");
      msgctl(q, IPC_RMID, NULL);
      return 1;
    }
  } while (n > 0);
  return 0;
}
