#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#include "code.h"

static int send(int queue, long code)
{
  struct empty message = {code, {0}};
  while (msgsnd(queue, &message, 0, 0) == -1) {
    if (errno == EINTR) continue;
    perror("msgsnd");
    return 0;
  }
  return 1;
}

int main(void)
{
  unsigned char bytes[BYTES];
  size_t count;

  int queue = msgget(QUEUE, IPC_CREAT | 0600);
  if (queue == -1) {
    perror("msgget");
    return 1;
  }
  do {
    count = fread(bytes, 1, BYTES, stdin);
    if (ferror(stdin)) {
      perror("stdin");
      msgctl(queue, IPC_RMID, NULL);
      return 1;
    }
    if (!send(queue, count > 0 ? pack(bytes, count) : (long)NOMORE << 56)) {
      msgctl(queue, IPC_RMID, NULL);
      return 1;
    }
  } while (count > 0);
  return 0;
}
