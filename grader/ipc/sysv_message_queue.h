// System V message queues: msgget, msgsnd, msgrcv, msgctl.
//
// A message comes before its receiver; the receiver that made room comes before a sender that had
// waited for it. Who of several that wait gets a message is a matter of the order: msgrcv(2)
// promises none.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "ipc/machine.h"
#include "ipc/sysv_names.h"
#include "ipc/tokens.h"
#include "ipc/users.h"

namespace ipcgrade {

class MessageQueue final : public Object {
 public:
  struct Message {
    std::int64_t type = 0;
    std::vector<std::byte> text;
    HandOver sent;
  };

  explicit MessageQueue(ObjectId id) : Object(id, ObjectKind::kQueue, "") {}

  SysvEntry entry;
  std::deque<Message> messages;
  std::uint64_t bytes = 0;       ///< in them
  std::uint64_t most_bytes = 0;  ///< msg_qbytes
  Tokens room;                   ///< bytes that are free, each with the receive that freed it
  HandOver changes;              ///< what IPC_STAT comes after
  Users senders, receivers;
  int last_sender = 0, last_receiver = 0;  ///< virtual process numbers
  std::int64_t sent_at = 0, received_at = 0, changed_at = 0;
};

extern const Mechanism kSysvMessageQueueMechanism;

/// Queues that are there now, in the order of their ids.
[[nodiscard]] std::vector<const MessageQueue*> message_queues_left(const Machine& machine);

}  // namespace ipcgrade
