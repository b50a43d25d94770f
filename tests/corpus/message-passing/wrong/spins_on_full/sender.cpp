#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <span>

constexpr auto kName = "/ipc-lab";
constexpr auto kSize = 100;

bool try_send(mqd_t queue, std::span<const char> text) {
  while (mq_send(queue, text.data(), text.size(), 0) != 0) {
    if (errno != EAGAIN) return false;
  }
  return true;
}

bool send_all(mqd_t queue) {
  std::array<char, kSize> text;
  while (const auto size = std::fread(text.data(), 1, text.size(), stdin)) {
    if (!try_send(queue, std::span(text).first(size))) return false;
  }
  return !std::ferror(stdin) && try_send(queue, {});
}

int main() {
  // O_NONBLOCK, so that we never hang even if the receiver has crashed
  mq_attr attributes = {};
  attributes.mq_maxmsg = 1;
  attributes.mq_msgsize = kSize;
  const mqd_t queue = mq_open(kName, O_CREAT | O_WRONLY | O_NONBLOCK, 0600, &attributes);
  if (queue == -1) {
    std::perror("sender");
    return 1;
  }
  if (!send_all(queue)) {
    std::perror("sender");
    mq_unlink(kName);
    return 1;
  }
}
