#include "common.h"

/* The child reads and sends, the parent hears by a pipe how it went. */

static char child_work(int id)
{
  struct msg m;
  ssize_t n;

  m.type = 1;
  while ((n = read(0, m.text, sizeof m.text)) > 0)
    if (msgsnd(id, &m, n, 0) < 0) {
      perror("msgsnd");
      return 'n';
    }
  if (n < 0) {
    perror("read");
    return 'n';
  }
  m.type = 2;
  if (msgsnd(id, &m, 0, 0) < 0) {
    perror("msgsnd");
    return 'n';
  }
  return 'y';
}

int main(void)
{
  int fd[2];
  char ok = 'n';
  int id = msgget(5679, IPC_CREAT | 0600);

  if (id < 0) {
    perror("msgget");
    return 1;
  }
  if (pipe(fd) < 0) {
    perror("pipe");
    msgctl(id, IPC_RMID, NULL);
    return 1;
  }
  switch (fork()) {
  case -1:
    perror("fork");
    msgctl(id, IPC_RMID, NULL);
    return 1;
  case 0:
    close(fd[0]);
    ok = child_work(id);
    if (write(fd[1], &ok, 1) != 1)
      perror("write");
    _exit(0);
  }
  close(fd[1]);

  /* also if the child dies: then it is 0 */
  if (read(fd[0], &ok, 1) != 1 || ok != 'y') {
    fprintf(stderr, "the child has failed\n");
    msgctl(id, IPC_RMID, NULL);
    return 1;
  }
  return 0;
}
