#include "ipc.hpp"

int main() {
  const mqd_t queue = open_queue(O_WRONLY);
  std::string text;
  do {
    text.resize(1000);
    text.resize(std::fread(text.data(), 1, text.size(), stdin));
    if (std::ferror(stdin)) abandon("fread");
    if (mq_send(queue, text.data(), text.size(), 0) == -1) abandon("mq_send");
  } while (!text.empty());
}
