#include <unistd.h>

#include <iostream>

#include "ipc.h"

/// Whatever there is to read, if only a byte: only 0 is the end.
std::size_t read_some(Message& message) {
  message.size = static_cast<std::size_t>(checked(
      "stdin", [&] { return read(STDIN_FILENO, message.text.data(), message.text.size()); }));
  return message.size;
}

int main() try {
  Queue queue;

  Message message;
  while (read_some(message) > 0) queue.send(message);  // waits where the queue is full
  message.type = kEnd;
  queue.send(message);

  queue.leave();  // the receiver may not even have been started
} catch (const std::exception& error) {
  std::cerr << "sender: " << error.what() << '\n';
  return 1;
}
