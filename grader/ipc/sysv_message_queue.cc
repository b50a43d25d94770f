#include "ipc/sysv_message_queue.h"

#include <fmt/format.h>
#include <sys/msg.h>
#include <sys/syscall.h>

#include <algorithm>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/clock.h"
#include "ipc/descriptor.h"

namespace ipcgrade {
namespace {

constexpr std::size_t kMostQueues = 64;         // The box's msgmni,
constexpr std::uint64_t kMostInMessage = 8192;  // and Linux's own msgmax
constexpr std::uint64_t kMostInQueue = 16384;   // and msgmnb.
constexpr std::uint64_t kTypeSize = sizeof(long);

struct MessageQueues {
  std::optional<SysvTable> table;
};

SysvTable& table_of(Machine& machine) {
  auto& table = machine.state<MessageQueues>().table;
  if (!table) table.emplace(machine, "the keys of message queues", kMostQueues);
  return *table;
}

/// nullptr: that id was never given out.
MessageQueue* find_queue(Machine& machine, int id) {
  const ObjectId object = table_of(machine).find(id);
  return object == kNoObject ? nullptr : &static_cast<MessageQueue&>(machine.object(object));
}

// Touches of a queue. kSends and kReceives are by type, as ranges of the queue's "bytes": messages
// of different types overtake each other. kFills is of the room, which all types share: of two
// sends, either may find the queue full. Receives only make room.
constexpr std::uint16_t kSends = 1, kReceives = 2, kFills = 4, kLooks = 8, kSets = 16;

Touch sends(const MessageQueue& queue, std::uint64_t type) {
  return {.object = queue.id(),
          .does = kSends,
          .disturbs = kReceives | kLooks | kSets,
          .begin = type,
          .end = type + 1};
}
Touch fills(const MessageQueue& queue, bool waits) {
  // A send that does not wait sees whether there was a receive before it.
  return {.object = queue.id(),
          .does = kFills,
          .disturbs = waits ? kFills : std::uint16_t{kFills | kReceives}};
}
Touch receives(const MessageQueue& queue, std::uint64_t begin, std::uint64_t end) {
  return {.object = queue.id(),
          .does = kReceives,
          .disturbs = kSends | kReceives | kLooks | kSets,
          .begin = begin,
          .end = end};
}
Touch looks(const MessageQueue& queue) {
  return {.object = queue.id(), .does = kLooks, .disturbs = kSends | kReceives | kSets};
}
Touch sets(const MessageQueue& queue) {
  return {.object = queue.id(),
          .does = kSets,
          .disturbs = kSends | kReceives | kFills | kLooks | kSets};
}

std::string reference(const MessageQueue* queue, int id) {
  return queue != nullptr ? sysv_reference(queue->entry) : fmt::format("id {}", id);
}

// msgget(2).
class GetQueue final : public Operation {
 public:
  GetQueue(Machine& machine, const Call& call)
      : key_(int_at(call, 0)),
        flags_(int_at(call, 1)),
        touches_(table_of(machine).get_touches(key_, flags_)) {}

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  Effect perform(Machine& machine, Task& task) override {
    SysvTable& table = table_of(machine);
    const auto found = table.get(machine, key_, flags_);
    if (!found) return Effect::fails(found.error());
    if (*found) {
      auto& queue = static_cast<MessageQueue&>(machine.object(**found));
      const auto wanted = static_cast<unsigned>((flags_ >> 6) | (flags_ >> 3) | flags_) & 7U;
      if (!may(queue.entry, wanted)) return Effect::fails(EACCES);
      note_user(queue, task);
      return Effect::returns(queue.entry.id);
    }
    auto& queue = machine.make<MessageQueue>();
    table.add(machine, queue.id(), queue.entry, key_, flags_, false);
    queue.rename(sysv_object_name("message queue", queue.entry));
    queue.most_bytes = kMostInQueue;
    queue.room.match(static_cast<std::int64_t>(kMostInQueue));
    queue.changed_at = real_seconds(machine.now());
    note_user(queue, task);
    return Effect::returns(queue.entry.id);
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("msgget({}, {})", key_ == IPC_PRIVATE ? "IPC_PRIVATE" : key_text(key_),
                       get_flags_text(flags_));
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    const bool makes = key_ == IPC_PRIVATE || (flags_ & IPC_CREAT) != 0;
    return {Failure{makes ? ENOSPC : EACCES}, Failure{ENOMEM}};
  }

 private:
  static void note_user(MessageQueue& queue, const Task& task) {
    queue.senders.uses(task.id);
    queue.receivers.uses(task.id);
  }

  key_t key_;
  int flags_;
  std::vector<Touch> touches_;
};

void remove(Machine& machine, MessageQueue& queue) {
  table_of(machine).remove(machine, queue.entry);
  queue.messages.clear();
}

/// msgsnd and msgrcv: what they have in common.
class QueueCall : public Operation {
 public:
  QueueCall(Machine& machine, int id, int flags)
      : id_(id), flags_(flags), queue_(find_queue(machine, id)) {
    if (queue_ == nullptr) touches_.push_back(table_of(machine).unknown_touch());
  }

  /// EIDRM: somebody else has removed it.
  void failed(Machine& machine, Task&, int error) override {
    if (error == EIDRM && queue_ != nullptr && !queue_->entry.removed) remove(machine, *queue_);
  }

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  [[nodiscard]] bool enabled(const Machine&, const Task&) const override {
    const bool waits = queue_ != nullptr && !queue_->entry.removed && !refused() &&
                       (flags_ & IPC_NOWAIT) == 0 && !possible();
    // What becomes of the call when the queue is removed depends on it: EIDRM, or EINVAL.
    if (waits) waited_ = true;
    given_ = waited_ && !waits && (given_ || !queue_->entry.removed);
    return !waits;
  }

  Effect perform(Machine& machine, Task& task) override {
    if (queue_ == nullptr) {
      queue_ = find_queue(machine, id_);
      if (queue_ == nullptr) return Effect::fails(EINVAL);
      if (!enabled(machine, task)) return Effect::again();
    }
    machine.comes_after(queue_->entry.made);
    if (queue_->entry.removed) {
      machine.comes_after(queue_->entry.removed_by);
      return Effect::fails(waited_ && !was_given() ? EIDRM : EINVAL);
    }
    if (refused()) return Effect::fails(EACCES);
    return act(machine, task);
  }

  // signal(7): never restarted.
  [[nodiscard]] Interruption interruption() const override {
    return (flags_ & IPC_NOWAIT) != 0 ? Interruption::kNever : Interruption::kFails;
  }

 protected:
  [[nodiscard]] virtual bool possible() const = 0;
  [[nodiscard]] virtual bool refused() const = 0;
  virtual Effect act(Machine& machine, Task& task) = 0;

  int id_;
  int flags_;
  MessageQueue* queue_;
  std::vector<Touch> touches_;
  mutable bool given_ = false;  ///< it waited, and then could go on while the queue was there

 private:
  mutable bool waited_ = false;
};

// msgsnd(2).
class Send final : public QueueCall {
 public:
  Send(Machine& machine, const Task& task, const Call& call, std::int64_t type)
      : QueueCall(machine, int_at(call, 0), int_at(call, 3)),
        address_(call.arguments[1]),
        size_(call.arguments[2]),
        type_(type) {
    if (queue_ != nullptr) {
      touches_.push_back(sends(*queue_, static_cast<std::uint64_t>(type_)));
      touches_.push_back(fills(*queue_, (flags_ & IPC_NOWAIT) == 0));
      queue_->senders.uses(task.id);
    }
    append(touches_, machine.buffer_touches(task, address_, kTypeSize + size_, false));
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("msgsnd({}, type {}, {} bytes{})", reference(queue_, id_), type_, size_,
                       (flags_ & IPC_NOWAIT) != 0 ? ", IPC_NOWAIT" : "");
  }
  [[nodiscard]] std::string waits_for(const Machine&, const Task&) const override {
    return fmt::format("waits for room in {}, which is full", queue_->name());
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    return queue_ == nullptr ? std::vector<TaskId>{} : queue_->receivers.could_help(machine, task);
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {Failure{ENOMEM}, Failure{EIDRM}};
  }

 protected:
  // As many messages as bytes, so that empty ones fill it, too: do_msgsnd() of the kernel.
  [[nodiscard]] bool possible() const override {
    return queue_->bytes + size_ <= queue_->most_bytes &&
           queue_->messages.size() + 1 <= queue_->most_bytes;
  }
  [[nodiscard]] bool refused() const override { return !may(queue_->entry, 2); }

  Effect act(Machine& machine, Task& task) override {
    if (!possible()) {
      machine.comes_after(queue_->changes);
      return Effect::fails(EAGAIN);
    }
    MessageQueue::Message message;
    message.type = type_;
    message.text.resize(size_);
    if (!machine.read(task, address_ + kTypeSize, message.text)) return Effect::fails(EFAULT);
    machine.note_sent(task, message.text);
    queue_->room.take(machine, static_cast<std::int64_t>(size_));
    machine.hand_over(message.sent);
    machine.hand_over(queue_->changes);
    queue_->messages.push_back(std::move(message));
    queue_->bytes += size_;
    queue_->senders.supplies(task.id);
    queue_->last_sender = machine.process_of(task).number;
    queue_->sent_at = real_seconds(machine.now());
    return Effect::returns(0);
  }

 private:
  std::uint64_t address_, size_;
  std::int64_t type_;
};

// msgrcv(2).
class Receive final : public QueueCall {
 public:
  Receive(Machine& machine, const Task& task, const Call& call)
      : QueueCall(machine, int_at(call, 0), int_at(call, 4)),
        address_(call.arguments[1]),
        size_(call.arguments[2]),
        type_(long_at(call, 3)) {
    if (queue_ != nullptr) {
      touches_.push_back(types_touched());
      queue_->receivers.uses(task.id);
    }
    const std::uint64_t most_given = std::min(size_, kMostInMessage);
    append(touches_, machine.buffer_touches(task, address_, kTypeSize + most_given, true));
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    std::string text = fmt::format("msgrcv({}, {} bytes", reference(queue_, id_), size_);
    if (type_ != 0) text += fmt::format(", type {}", type_);
    if ((flags_ & MSG_EXCEPT) != 0) text += ", MSG_EXCEPT";
    if ((flags_ & MSG_NOERROR) != 0) text += ", MSG_NOERROR";
    if ((flags_ & IPC_NOWAIT) != 0) text += ", IPC_NOWAIT";
    return text + ")";
  }
  [[nodiscard]] std::string waits_for(const Machine&, const Task&) const override {
    const std::string what = type_ == 0  ? "a message"
                             : except()  ? fmt::format("a message of another type than {}", type_)
                             : type_ > 0 ? fmt::format("a message of type {}", type_)
                                         : fmt::format("a message of type {} or less", -type_);
    return fmt::format("waits for {} in {}{}", what, queue_->name(),
                       queue_->messages.empty() ? "" : ", which has others only");
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    return queue_ == nullptr ? std::vector<TaskId>{} : queue_->senders.could_help(machine, task);
  }
  // do_msgsnd() of the kernel gives a message to a receiver that waits. Who has not got it when the
  // queue goes had not come yet. (A sender that waits for room is only waked, and looks again.)
  [[nodiscard]] bool was_given() const override { return given_; }
  [[nodiscard]] bool takes_back() const override { return true; }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {Failure{EIDRM}, Failure{EACCES}};  // the second: another mode by IPC_SET
  }

 protected:
  [[nodiscard]] bool possible() const override { return wanted() != queue_->messages.end(); }
  [[nodiscard]] bool refused() const override { return !may(queue_->entry, 4); }

  Effect act(Machine& machine, Task& task) override {
    const auto at = wanted();
    if (at == queue_->messages.end()) {
      machine.comes_after(queue_->changes);
      return Effect::fails(ENOMSG);
    }
    machine.comes_after(at->sent);
    const std::size_t size = at->text.size();
    if (size > size_ && (flags_ & MSG_NOERROR) == 0) return Effect::fails(E2BIG);
    const MessageQueue::Message message = std::move(*at);
    queue_->messages.erase(at);
    queue_->bytes -= size;
    queue_->room.add(machine.event_id(), static_cast<std::int64_t>(size));
    machine.hand_over(queue_->changes);
    queue_->receivers.supplies(task.id);
    queue_->last_receiver = machine.process_of(task).number;
    queue_->received_at = real_seconds(machine.now());
    const std::uint64_t given = std::min<std::uint64_t>(size, size_);
    if (!machine.write_value(task, address_, message.type) ||
        !machine.write(task, address_ + kTypeSize, std::span(message.text).first(given))) {
      return Effect::fails(EFAULT);  // the message is gone: do_msgrcv() of the kernel
    }
    if (type_ <= 0 || except()) machine.gives(fmt::format("a message of type {}", message.type));
    return Effect::returns(static_cast<std::int64_t>(given));
  }

 private:
  [[nodiscard]] bool except() const { return (flags_ & MSG_EXCEPT) != 0 && type_ > 0; }

  [[nodiscard]] Touch types_touched() const {
    constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();
    if (type_ == 0 || except()) return receives(*queue_, 0, kAll);
    if (type_ > 0) {
      const auto type = static_cast<std::uint64_t>(type_);
      return receives(*queue_, type, type + 1);
    }
    return receives(*queue_, 0, static_cast<std::uint64_t>(-(type_ + 1)) + 2);
  }

  [[nodiscard]] std::deque<MessageQueue::Message>::iterator wanted() const {
    auto& messages = queue_->messages;
    if (type_ == 0) return messages.begin();
    if (type_ > 0) {
      return std::ranges::find_if(messages, [&](const MessageQueue::Message& one) {
        return except() ? one.type != type_ : one.type == type_;
      });
    }
    // The lowest type that is not above, and of that the first.
    auto best = messages.end();
    for (auto at = messages.begin(); at != messages.end(); ++at) {
      const bool counts = at->type - 1 <= -(type_ + 1);
      if (counts && (best == messages.end() || at->type < best->type)) best = at;
    }
    return best;
  }

  std::uint64_t address_, size_;
  std::int64_t type_;
};

// msgctl(2).
class Control final : public Operation {
 public:
  Control(Machine& machine, const Task& task, const Call& call)
      : id_(int_at(call, 0)),
        command_(int_at(call, 1)),
        buffer_(call.arguments[2]),
        queue_(find_queue(machine, id_)) {
    const SysvTable& table = table_of(machine);
    if (is_info()) {
      touches_.push_back(table.list_touch());
    } else if (queue_ == nullptr) {
      touches_.push_back(table.unknown_touch());
    } else {
      const bool changes = command_ == IPC_RMID || command_ == IPC_SET;
      touches_.push_back(changes ? sets(*queue_) : looks(*queue_));
      if (command_ == IPC_RMID) touches_.push_back(table.removal_touch(queue_->entry));
    }
    if (!is_info() && command_ != IPC_RMID) {
      append(touches_,
             machine.buffer_touches(task, buffer_, sizeof(msqid_ds), command_ != IPC_SET));
    }
  }

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  Effect perform(Machine& machine, Task& task) override {
    if (is_info()) return info(machine, task);
    if (queue_ == nullptr) queue_ = find_queue(machine, id_);
    if (queue_ == nullptr) return Effect::fails(EINVAL);
    machine.comes_after(queue_->entry.made);
    if (queue_->entry.removed) {
      machine.comes_after(queue_->entry.removed_by);
      return Effect::fails(EINVAL);
    }
    switch (command_) {
      case IPC_RMID:
        ipcgrade::remove(machine, *queue_);
        return Effect::returns(0);
      case IPC_SET:
        return set(machine, task);
      case IPC_STAT:
      case MSG_STAT:
      case MSG_STAT_ANY:
        return stat(machine, task);
      default:
        return Effect::fails(EINVAL);
    }
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    const char* command = command_ == IPC_RMID   ? "IPC_RMID"
                          : command_ == IPC_SET  ? "IPC_SET"
                          : command_ == IPC_STAT ? "IPC_STAT"
                          : command_ == MSG_STAT ? "MSG_STAT"
                          : command_ == MSG_INFO ? "MSG_INFO"
                                                 : "?";
    return fmt::format("msgctl({}, {})", reference(queue_, id_), command);
  }
  [[nodiscard]] bool takes_back() const override { return command_ == IPC_RMID; }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    if (command_ == IPC_RMID || command_ == IPC_SET) return {Failure{EPERM}};
    if (command_ == IPC_STAT || command_ == MSG_STAT) return {Failure{EACCES}};
    return {};
  }

 private:
  [[nodiscard]] bool is_info() const { return command_ == IPC_INFO || command_ == MSG_INFO; }

  Effect set(Machine& machine, Task& task) {
    const auto status = machine.read_value<msqid_ds>(task, buffer_);
    if (!status) return Effect::fails(EFAULT);
    // More than the usual limit takes CAP_SYS_RESOURCE: msgctl(2).
    if (status->msg_qbytes > kMostInQueue) return Effect::fails(EPERM);
    queue_->entry.mode = status->msg_perm.mode & 0777U;
    queue_->entry.user = status->msg_perm.uid;
    queue_->entry.group = status->msg_perm.gid;
    queue_->most_bytes = status->msg_qbytes;
    queue_->changed_at = real_seconds(machine.now());
    const std::uint64_t room = queue_->most_bytes - std::min(queue_->most_bytes, queue_->bytes);
    queue_->room.reset(machine.event_id(), static_cast<std::int64_t>(room));
    machine.hand_over(queue_->changes);
    return Effect::returns(0);
  }

  Effect stat(Machine& machine, Task& task) {
    if (command_ != MSG_STAT_ANY && !may(queue_->entry, 4)) return Effect::fails(EACCES);
    machine.comes_after(queue_->changes);
    msqid_ds status{};
    fill_permissions(queue_->entry, machine.state<SysvUser>(), status.msg_perm);
    status.msg_stime = queue_->sent_at;
    status.msg_rtime = queue_->received_at;
    status.msg_ctime = queue_->changed_at;
    status.__msg_cbytes = queue_->bytes;
    status.msg_qnum = queue_->messages.size();
    status.msg_qbytes = queue_->most_bytes;
    status.msg_lspid = queue_->last_sender;
    status.msg_lrpid = queue_->last_receiver;
    if (!machine.write_value(task, buffer_, status)) return Effect::fails(EFAULT);
    return Effect::returns(command_ == IPC_STAT ? 0 : queue_->entry.id);
  }

  // What ipcs asks. The result is the highest id that is in use.
  Effect info(Machine& machine, Task& task) {
    const auto& objects = table_of(machine).all();
    std::int64_t highest = 0;
    msginfo limits{};
    limits.msgmax = static_cast<int>(kMostInMessage);
    limits.msgmnb = static_cast<int>(kMostInQueue);
    limits.msgmni = static_cast<int>(kMostQueues);
    for (std::size_t i = 0; i < objects.size(); ++i) {
      const auto& queue = static_cast<const MessageQueue&>(machine.object(objects[i]));
      if (queue.entry.removed) continue;
      highest = static_cast<std::int64_t>(i);
      if (command_ != MSG_INFO) continue;
      ++limits.msgpool;
      limits.msgmap += static_cast<int>(queue.messages.size());
      limits.msgtql += static_cast<int>(queue.bytes);
    }
    if (!machine.write_value(task, buffer_, limits)) return Effect::fails(EFAULT);
    return Effect::returns(highest);
  }

  int id_;
  int command_;
  std::uint64_t buffer_;
  MessageQueue* queue_;
  std::vector<Touch> touches_;
};

std::unique_ptr<Operation> decode_send(Machine& machine, Task& task, const Call& call) {
  const auto refuse = [&](int error) {
    return done_at_once(fmt::format("msgsnd(id {}, {} bytes)", int_at(call, 0), long_at(call, 2)),
                        -error);
  };
  if (call.arguments[2] > kMostInMessage || int_at(call, 0) < 0) return refuse(EINVAL);
  const auto type = machine.peek_value<std::int64_t>(task, call.arguments[1]);
  if (!type) return refuse(EFAULT);
  if (*type < 1) return refuse(EINVAL);
  return std::make_unique<Send>(machine, task, call, *type);
}

std::unique_ptr<Operation> decode_receive(Machine& machine, Task& task, const Call& call) {
  const auto refuse = [&](int error) {
    return done_at_once(fmt::format("msgrcv(id {})", int_at(call, 0)), -error);
  };
  if (long_at(call, 2) < 0 || int_at(call, 0) < 0) return refuse(EINVAL);
  if ((int_at(call, 4) & MSG_COPY) != 0) return refuse(ENOSYS);
  return std::make_unique<Receive>(machine, task, call);
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  switch (call.number) {
    case SYS_msgget:
      return std::make_unique<GetQueue>(machine, call);
    case SYS_msgsnd:
      return decode_send(machine, task, call);
    case SYS_msgrcv:
      return decode_receive(machine, task, call);
    default:
      return std::make_unique<Control>(machine, task, call);
  }
}

constexpr long kCalls[] = {SYS_msgget, SYS_msgsnd, SYS_msgrcv, SYS_msgctl};

}  // namespace

const Mechanism kSysvMessageQueueMechanism{"System V message queues", kCalls, decode};

std::vector<const MessageQueue*> message_queues_left(const Machine& machine) {
  std::vector<const MessageQueue*> left;
  const auto* queues = machine.find_state<MessageQueues>();
  if (queues == nullptr || !queues->table) return left;
  for (const ObjectId one : queues->table->all()) {
    const auto& queue = static_cast<const MessageQueue&>(machine.object(one));
    if (!queue.entry.removed) left.push_back(&queue);
  }
  return left;
}

}  // namespace ipcgrade
