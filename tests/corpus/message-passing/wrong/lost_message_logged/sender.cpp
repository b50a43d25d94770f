#include <unistd.h>

#include <iostream>

#include "queue.h"

int main() {
  const int queue = open_queue();
  if (queue == -1) {
    log_error("msgget");
    return 1;
  }
  Message message;
  ssize_t size;
  while ((size = read(0, message.text, sizeof message.text)) > 0) {
    message.type = kText;
    if (msgsnd(queue, &message, size, 0) == -1) {
      log_error("msgsnd");
    }
  }
  if (size == -1) {
    log_error("read");
    remove_queue(queue);
    return 1;
  }
  message.type = kEnd;
  if (msgsnd(queue, &message, 0, 0) == -1) {
    log_error("msgsnd");
    remove_queue(queue);
    return 1;
  }
  return 0;
}
