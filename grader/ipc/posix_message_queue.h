// POSIX message queues: mq_open, mq_send, mq_receive, mq_notify, … (mq_overview(7)). The kernel
// keeps names and descriptors; messages never reach it.
//
// A message comes before its receiver; the receiver that made room comes before a sender that could
// not do without it. Who of several that wait gets a message is a matter of the order.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ipc/description.h"
#include "ipc/machine.h"
#include "ipc/tokens.h"
#include "ipc/users.h"

namespace ipcgrade {

class SocketDescription;

class PosixQueue final : public Object {
 public:
  struct Message {
    unsigned priority = 0;
    std::vector<std::byte> text;
    HandOver sent;
  };
  /// mq_notify: who is told of the next message that comes to the empty queue.
  struct Notification {
    ProcessId process = 0;
    int signal = 0;  ///< 0: nobody is told
    std::uint64_t value = 0;
    /// Of SIGEV_THREAD: where the C library waits for its cookie, and makes a thread then.
    std::weak_ptr<SocketDescription> socket{};
    std::vector<std::byte> cookie{};
  };

  PosixQueue(ObjectId id, std::string name) : Object(id, ObjectKind::kQueue, std::move(name)) {}

  std::int64_t most_messages = 10;
  std::int64_t most_bytes = 8192;  ///< in a message
  std::deque<Message> messages;    ///< the next to be received first
  Tokens room;                     ///< places that are free, each with the receive that freed it
  HandOver made;
  HandOver changes;  ///< what mq_getattr and poll come after
  std::optional<Notification> notification;
  int receiving = 0;  ///< receives that stand before it and would wait
  Users senders, receivers;
};

class QueueDescription final : public Description {
 public:
  QueueDescription(int flags, PosixQueue& queue) : Description(flags), queue_(queue) {}

  [[nodiscard]] short ready(const Machine&) const override;
  [[nodiscard]] std::vector<Touch> touches(Direction) const override;
  [[nodiscard]] std::vector<Touch> looks() const override;
  void seen(Machine& machine, short events) override;
  void closed(Machine& machine, TaskId task, bool last) override;
  [[nodiscard]] std::string name(const Machine&) const override { return queue_.name(); }
  [[nodiscard]] std::string why_waiting(const Machine&, const Task&, Direction) const override;
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine&, const Task&,
                                              Direction) const override;
  [[nodiscard]] std::vector<Failure> failures(Direction) const override { return {}; }

  [[nodiscard]] PosixQueue& queue() const { return queue_; }

 private:
  PosixQueue& queue_;
};

extern const Mechanism kPosixMessageQueueMechanism;

}  // namespace ipcgrade
