#include <stdio.h>
#include <unistd.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#define KEY 5679
#define MAX 1024
struct msg { long type; char text[MAX]; };

int main(void) {
  struct msg m;
  int id; for (int i = 0; (id = msgget(KEY, 0600)) == -1 && i < 101; i++) usleep(100000);
  if (id == -1) { perror("msgget"); return 1; }
  for (;;) {
    ssize_t n = msgrcv(id, &m, sizeof m, 0, 0);
    if (n == -1) { perror("msgrcv"); return 1; }
    if (m.type == 2) break;
    if (fwrite(m.text, 1, n, stdout) != (size_t)n) { perror("fwrite"); msgctl(id, IPC_RMID, NULL); return 1; }
  }
  if (fflush(stdout) != 0) { perror("fflush"); msgctl(id, IPC_RMID, NULL); return 1; }
  msgctl(id, IPC_RMID, NULL);
  return 0;
}
