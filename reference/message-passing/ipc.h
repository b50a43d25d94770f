// What the sender and the receiver agree on, and the System V message queue at which they meet.
#pragma once

#include <sys/ipc.h>
#include <sys/msg.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <system_error>

inline constexpr key_t kKey = 5679;

/// What a message is. The kernel keeps it apart from the text, so no input can look like the end.
enum Type : long { kData = 1, kEnd = 2 };  // 0 is no type

struct Message {
  long type = kData;
  std::array<char, 4096> text;  // a queue holds 16384 bytes: four of these
  std::size_t size = 0;         // of text; stays behind the part that is sent
};

/// Makes a system call, again where a signal came in between.
template <typename Call>
auto checked(const char* name, Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1) return result;
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), name);
  }
}

/// Outlives processes, so somebody must remove it. Where nobody called leave() or remove(), an
/// exception passes by: the queue goes, and the partner, if it waits, is told so by EIDRM.
class Queue {
 public:
  /// Without IPC_EXCL: whoever is first makes the queue, the other finds it.
  Queue() : id_(checked("msgget", [] { return msgget(kKey, IPC_CREAT | 0600); })) {}
  Queue(const Queue&) = delete;
  ~Queue() {
    if (is_left_ || msgctl(id_, IPC_RMID, nullptr) == 0) return;
    const bool is_gone = errno == EINVAL || errno == EIDRM;  // the partner failed, too
    if (!is_gone) std::perror("cleaning up");
  }

  void send(const Message& message) {
    checked("msgsnd", [&] { return msgsnd(id_, &message, message.size, 0); });
  }
  Type receive(Message& message) {
    message.size = static_cast<std::size_t>(
        checked("msgrcv", [&] { return msgrcv(id_, &message, message.text.size(), 0, 0); }));
    return static_cast<Type>(message.type);
  }

  /// To the partner, with what is in it.
  void leave() { is_left_ = true; }
  void remove() {
    checked("msgctl", [&] { return msgctl(id_, IPC_RMID, nullptr); });
    is_left_ = true;
  }

 private:
  int id_;
  bool is_left_ = false;
};
