#include <sys/msg.h>

#include <cstdio>

#include "tick.h"

struct Block {
  long type;
  char bytes[8000];
};

bool receive_everything(int queue) {
  for (;;) {
    Block block;
    const ssize_t size =
        patiently("r", [&] { return msgrcv(queue, &block, sizeof block.bytes, 0, 0); });
    if (size == -1) {
      perror("msgrcv");
      return false;
    }
    if (block.type == 99) return true;
    for (ssize_t at = 0; at < size;) {
      const ssize_t n = patiently("r", [&] { return write(1, block.bytes + at, size - at); });
      if (n == -1) {
        perror("write");
        return false;
      }
      at += n;
    }
  }
}

int main() {
  start_ticking();
  const int queue = msgget(5679, 0600 | IPC_CREAT);
  if (queue == -1) {
    perror("msgget");
    return 1;
  }
  bool good = receive_everything(queue);
  if (msgctl(queue, IPC_RMID, nullptr) == -1) {
    perror("msgctl");
    good = false;
  }
  return good ? 0 : 1;
}
