#include <unistd.h>

#include <array>
#include <utility>

#include "mailbox.h"

void post(mqd_t queue, const char* letter, std::size_t size) {
  while (mq_send(queue, letter, size, 0) != 0) mailbox::require(errno == EINTR, "mq_send");
}

void post_everything(mqd_t queue) {
  std::array<char, mailbox::kLetter> letter;
  for (;;) {
    const ssize_t size = read(STDIN_FILENO, letter.data(), letter.size());
    if (size == -1 && errno == EINTR) continue;
    mailbox::require(size >= 0, "stdin");
    if (size == 0) break;
    post(queue, letter.data(), static_cast<std::size_t>(size));
  }
  post(queue, nullptr, 0);
}

int main() {
  try {
    const auto [queue, is_new] = mailbox::open(O_WRONLY, "sender");
    try {
      post_everything(queue);
    } catch (const std::system_error&) {
      if (is_new) mq_unlink(mailbox::kName.data());
      throw;
    }
    mq_close(queue);
  } catch (const std::system_error& e) {
    std::cerr << "sender: " << e.what() << '\n';
    return 4;
  }
}
