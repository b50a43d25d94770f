#include "common.h"

int main() {
  MessageQueue queue(O_WRONLY);
  if (!queue.ok()) {
    std::perror("mq_open");
    return 1;
  }
  Block block;
  std::size_t size;
  do {
    size = std::fread(block.data(), 1, block.size(), stdin);
    if (std::ferror(stdin)) {
      std::perror("fread");
      return 1;
    }
    if (mq_send(queue.id(), block.data(), size, 0) == -1) {
      std::perror("mq_send");
      return 1;
    }
  } while (size != 0);
  queue.unlink_at_end(false);
}
