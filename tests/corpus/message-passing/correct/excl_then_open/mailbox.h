#ifndef MAILBOX_H
#define MAILBOX_H

#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cerrno>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>

namespace mailbox {

constexpr std::string_view kName = "/ipc-lab";
constexpr std::size_t kLetter = 7777;

inline void require(bool condition, const std::string& what) {
  if (!condition) throw std::system_error(errno, std::generic_category(), what);
}

struct Opened {
  mqd_t queue;
  bool is_new;
};

// Tells who of the two was first, for the log. Whoever was second finds the queue, since it is there
// until the receiver has got everything from the sender.
inline Opened open(int access, const char* who) {
  mq_attr attributes{};
  attributes.mq_maxmsg = 3;
  attributes.mq_msgsize = kLetter;
  mqd_t queue = mq_open(kName.data(), access | O_CREAT | O_EXCL, 0600, &attributes);
  const bool is_new = queue != -1;
  if (!is_new && errno == EEXIST) queue = mq_open(kName.data(), access);
  require(queue != -1, "mq_open");
  std::clog << who << (is_new ? " made the queue\n" : " found the queue\n");
  return {queue, is_new};
}

}  // namespace mailbox

#endif
