#include <unistd.h>

#include <csignal>
#include <iostream>
#include <string_view>

#include "ipc.h"

void print(std::string_view text) {
  while (!text.empty()) {  // a pipe or a terminal may take less than it is given
    const auto size =
        checked("stdout", [&] { return write(STDOUT_FILENO, text.data(), text.size()); });
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

int main() try {
  std::signal(SIGPIPE, SIG_IGN);  // where nobody reads our output, write() fails and we clean up

  Queue queue;

  Message message;
  while (queue.receive(message) == kData) print({message.text.data(), message.size});

  queue.remove();
} catch (const std::exception& error) {
  std::cerr << "receiver: " << error.what() << '\n';
  return 1;
}
