/* A child barks on stderr when nothing has come for a minute; we call it off at the end. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

struct block {
  long type;
  char text[3500];
};

static int id = -1;
static pid_t dog = -1;

static int finish(int status)
{
  if (dog > 0) {
    kill(dog, SIGTERM);
    if (waitpid(dog, NULL, 0) == -1) {
      perror("waitpid");
      waitpid(dog, NULL, 0);
      status = 1;
    }
  }
  if (id != -1 && msgctl(id, IPC_RMID, NULL) == -1) {
    perror("msgctl");
    status = 1;
  }
  return status;
}

int main(void)
{
  struct block b;

  if ((id = msgget(5679, IPC_CREAT | 0600)) == -1) {
    perror("msgget");
    return 1;
  }
  if ((dog = fork()) == -1) {
    perror("fork");
    return finish(1);
  }
  if (dog == 0) {
    sleep(60);
    (void)!write(2, "woof: nothing for a minute\n", 27);
    _exit(0);
  }

  for (;;) {
    ssize_t n = msgrcv(id, &b, sizeof b.text, 0, 0);
    if (n == -1) {
      perror("msgrcv");
      return finish(1);
    }
    if (b.type == 2)
      break;
    if (fwrite(b.text, 1, n, stdout) != (size_t)n || fflush(stdout) == EOF) {
      perror("stdout");
      return finish(1);
    }
  }
  return finish(0);
}
