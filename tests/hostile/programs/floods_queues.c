// Fills System V queues until there is no more room in the kernel.
// expect: outcome=exited|memory-limit left=*
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

struct message {
  long type;
  char text[8192];
};

int main(void) {
  static struct message message = {1, ""};
  int queues = 0;
  for (int queue; (queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600)) >= 0; ++queues) {
    while (msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT) == 0) {
    }
  }
  return queues < 32000 ? 0 : 1;
}
