#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>

constexpr auto kName = "/ipc-lab";
constexpr auto kSize = 100;

bool receive_all(mqd_t queue) {
  std::array<char, kSize> text;
  for (;;) {
    const ssize_t size = mq_receive(queue, text.data(), text.size(), nullptr);
    if (size < 0) return false;
    if (size == 0) return std::fflush(stdout) == 0;
    if (std::fwrite(text.data(), size, 1, stdout) != 1) return false;
  }
}

int main() {
  mq_attr attributes = {};
  attributes.mq_maxmsg = 1;
  attributes.mq_msgsize = kSize;
  const mqd_t queue = mq_open(kName, O_CREAT | O_RDONLY, 0600, &attributes);
  if (queue == -1) {
    std::perror("receiver");
    return 1;
  }
  bool good = receive_all(queue);
  if (!good) std::perror("receiver");
  if (mq_unlink(kName) != 0) {
    std::perror("receiver: mq_unlink");
    good = false;
  }
  return good ? 0 : 1;
}
