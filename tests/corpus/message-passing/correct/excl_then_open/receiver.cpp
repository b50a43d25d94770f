#include <unistd.h>

#include <vector>

#include "mailbox.h"

class Reader {
 public:
  Reader() : queue_(mailbox::open(O_RDONLY, "receiver").queue) {}
  Reader(const Reader&) = delete;
  ~Reader() {
    mq_close(queue_);
    if (!unlinked_) mq_unlink(mailbox::kName.data());
  }

  std::vector<char> next() {
    std::vector<char> letter(mailbox::kLetter);
    for (;;) {
      const auto size = mq_receive(queue_, letter.data(), letter.size(), nullptr);
      if (size >= 0) {
        letter.resize(static_cast<std::size_t>(size));
        return letter;
      }
      mailbox::require(errno == EINTR, "mq_receive");
    }
  }

  void unlink() {
    mailbox::require(mq_unlink(mailbox::kName.data()) == 0, "mq_unlink");
    unlinked_ = true;
  }

 private:
  mqd_t queue_;
  bool unlinked_ = false;
};

int main() {
  try {
    Reader reader;
    for (auto letter = reader.next(); !letter.empty(); letter = reader.next()) {
      std::cout.write(letter.data(), static_cast<std::streamsize>(letter.size()));
      mailbox::require(std::cout.good(), "stdout");
    }
    std::cout << std::flush;
    mailbox::require(std::cout.good(), "stdout");
    reader.unlink();
  } catch (const std::system_error& e) {
    std::cerr << "receiver: " << e.what() << '\n';
    return 4;
  }
}
