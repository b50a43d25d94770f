#include <sys/msg.h>

#include <cstdio>

#include "tick.h"

struct Block {
  long type;
  char bytes[8000];
};

bool send_everything(int queue) {
  Block block;
  ssize_t size;
  do {
    size = patiently("s", [&] { return read(0, block.bytes, sizeof block.bytes); });
    if (size == -1) {
      perror("read");
      return false;
    }
    block.type = size > 0 ? 1 : 99;
    if (patiently("s", [&] { return msgsnd(queue, &block, size, 0); }) == -1) {
      perror("msgsnd");
      return false;
    }
  } while (size > 0);
  return true;
}

int main() {
  start_ticking();
  const int queue = msgget(5679, 0600 | IPC_CREAT);
  if (queue == -1) {
    perror("msgget");
    return 1;
  }
  if (send_everything(queue)) return 0;
  msgctl(queue, IPC_RMID, nullptr);
  return 1;
}
