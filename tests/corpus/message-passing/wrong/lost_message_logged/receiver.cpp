#include <iostream>

#include "queue.h"

bool receive(int queue) {
  Message message;
  for (;;) {
    const ssize_t size = msgrcv(queue, &message, sizeof message.text, 0, 0);
    if (size == -1) {
      log_error("msgrcv");
      return false;
    }
    if (message.type == kEnd) break;
    if (!std::cout.write(message.text, size)) {
      log_error("write");
      return false;
    }
  }
  if (!std::cout.flush()) {
    log_error("flush");
    return false;
  }
  return true;
}

int main() {
  const int queue = open_queue();
  if (queue == -1) {
    log_error("msgget");
    return 1;
  }
  const bool good = receive(queue);
  return remove_queue(queue) && good ? 0 : 1;
}
