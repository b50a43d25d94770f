#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#define KEY 5679
#define MAX 1024
struct msg { long type; char text[MAX]; };

static void die(const char *w, int id) {
  perror(w);
  msgctl(id, IPC_RMID, NULL);
  exit(1);
}

int main(void) {
  struct msg m;
  int id = msgget(KEY, IPC_CREAT | 0600);
  if (id == -1) { perror("msgget"); return 1; }
  ssize_t n;
  m.type = 1;
  while ((n = read(0, m.text, MAX)) > 0)
    if (msgsnd(id, &m, n, 0) == -1) die("msgsnd", id);
  if (n == -1) die("read", id);
  m.type = 2;
  if (msgsnd(id, &m, 0, 0) == -1) die("msgsnd", id);
  return 0;
}
