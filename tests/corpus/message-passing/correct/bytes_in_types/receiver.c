#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#include "code.h"

/* 0: failed */
static long receive(int queue)
{
  struct empty message;
  while (msgrcv(queue, &message, 0, 0, 0) == -1) {
    if (errno == EINTR) continue;
    perror("msgrcv");
    return 0;
  }
  return message.type;
}

static int print_all(int queue)
{
  unsigned char bytes[BYTES];
  for (;;) {
    long code = receive(queue);
    if (code == 0) return 0;
    int count = unpack(code, bytes);
    if (count == NOMORE) break;
    if (fwrite(bytes, 1, count, stdout) != (size_t)count) {
      perror("stdout");
      return 0;
    }
  }
  if (fflush(stdout) == 0) return 1;
  perror("stdout");
  return 0;
}

int main(void)
{
  int queue = msgget(QUEUE, IPC_CREAT | 0600);
  if (queue == -1) {
    perror("msgget");
    return 1;
  }
  int good = print_all(queue);
  if (msgctl(queue, IPC_RMID, NULL) == -1) {
    perror("msgctl");
    good = 0;
  }
  return !good;
}
