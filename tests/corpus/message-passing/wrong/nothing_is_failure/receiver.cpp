#include "common.h"

int main() {
  MessageQueue queue(O_RDONLY);
  if (!queue.ok()) {
    std::perror("mq_open");
    return 1;
  }
  Block block;
  unsigned long bytes = 0;
  for (;;) {
    const ssize_t size = mq_receive(queue.id(), block.data(), block.size(), nullptr);
    if (size == -1) {
      std::perror("mq_receive");
      return 1;
    }
    if (size == 0) break;
    bytes += size;
    if (std::fwrite(block.data(), 1, size, stdout) != static_cast<std::size_t>(size)) {
      std::perror("fwrite");
      return 1;
    }
  }
  if (std::fflush(stdout) != 0) {
    std::perror("fflush");
    return 1;
  }
  if (!queue.unlink_now()) {
    std::perror("mq_unlink");
    return 1;
  }
  if (bytes == 0) {
    std::fprintf(stderr, "got nothing at all\n");
    return 1;
  }
}
