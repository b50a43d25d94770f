/* A child does the work, and the parent sees to it that it is done. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

struct block {
  long type;            /* 1 text, 2 end */
  char text[3500];
};

static int worker(int id)
{
  struct block b;
  ssize_t n;

  b.type = 1;
  for (;;) {
    n = read(0, b.text, sizeof b.text);
    if (n == -1) {
      perror("read");
      return 1;
    }
    if (n == 0)
      b.type = 2;
    if (msgsnd(id, &b, n, 0) == -1) {
      perror("msgsnd");
      return 1;
    }
    if (n == 0)
      return 0;
  }
}

int main(void)
{
  int id, status;
  pid_t pid;

  if ((id = msgget(5679, IPC_CREAT | 0600)) == -1) {
    perror("msgget");
    return 1;
  }
  pid = fork();
  if (pid == 0)
    _exit(worker(id));
  if (pid == -1) {
    perror("fork");
    msgctl(id, IPC_RMID, NULL);
    return 1;
  }
  while (waitpid(pid, &status, 0) == -1)
    if (errno != EINTR) {
      perror("waitpid");
      msgctl(id, IPC_RMID, NULL);
      return 1;
    }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return 0;
  fprintf(stderr, "sender: the worker failed\n");
  msgctl(id, IPC_RMID, NULL);
  return 1;
}
