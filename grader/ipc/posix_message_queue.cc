#include "ipc/posix_message_queue.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <mqueue.h>
#include <sys/syscall.h>

#include <algorithm>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/clock.h"
#include "ipc/descriptor.h"
#include "ipc/socket.h"
#include "ipc/strike.h"
#include "ipc/words.h"
#include "sandbox/describe.h"

namespace ipcgrade {
namespace {

constexpr unsigned kMostPriority = 32768;  // MQ_PRIO_MAX

/// A name, whatever queue it is of.
class QueueName final : public Object {
 public:
  QueueName(ObjectId id, std::string name) : Object(id, ObjectKind::kName, std::move(name)) {}
  PosixQueue* queue = nullptr;
  HandOver changes;  ///< what made or removed the queue
};

struct QueueNames {
  std::map<std::string, ObjectId> names;
};

/// The C library leaves out the slash.
QueueName& name_at(Machine& machine, const Task& task, std::uint64_t address) {
  const std::string name = "/" + machine.read_text(task, address);
  auto& names = machine.state<QueueNames>().names;
  if (const auto known = names.find(name); known != names.end()) {
    return static_cast<QueueName&>(machine.object(known->second));
  }
  auto& made = machine.make<QueueName>(name);
  names[name] = made.id();
  return made;
}

std::string timed(std::string_view call, bool has_limit) {
  std::string name(call);
  if (has_limit) name.insert(3, "timed");  // mq_send, mq_timedsend
  return name;
}

// mq_open(3). The kernel opens a queue of its own, which stays empty: names, permissions, limits
// and descriptors are as it says.
class Open final : public Operation {
 public:
  Open(Machine& machine, Task& task, const Call& call)
      : call_(call), flags_(int_at(call, 1)), name_(name_at(machine, task, call.arguments[0])) {
    touches_.push_back(makes() ? writes(name_.id()) : reads(name_.id()));
    if (makes() && call.arguments[3] != 0) {
      attributes_ = machine.peek_value<mq_attr>(task, call.arguments[3]);
    }
  }

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  Effect perform(Machine&, Task&) override { return Effect::passes(call_); }

  std::int64_t finished(Machine& machine, Task& task, std::int64_t result) override {
    machine.comes_after(name_.changes);
    if (result < 0) return result;
    if (name_.queue == nullptr) {
      auto& queue = machine.make<PosixQueue>("the message queue " + name_.name());
      if (attributes_) {
        queue.most_messages = attributes_->mq_maxmsg;
        queue.most_bytes = attributes_->mq_msgsize;
      }
      queue.room.match(queue.most_messages);
      machine.hand_over(queue.made);
      name_.queue = &queue;
      name_.changes = queue.made;
    }
    PosixQueue& queue = *name_.queue;
    queue.senders.uses(task.id);
    queue.receivers.uses(task.id);
    // Closed at exec in any case: mq_overview(7).
    machine.descriptors(task).put(
        static_cast<int>(result),
        std::make_shared<QueueDescription>(flags_ & (O_ACCMODE | O_NONBLOCK), queue), true);
    return result;
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("mq_open({}, {})", sandbox::quoted(name_.name()), open_flag_words(flags_));
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {Failure{makes() ? ENOSPC : EACCES}, Failure{EMFILE}};
  }

 private:
  [[nodiscard]] bool makes() const { return (flags_ & O_CREAT) != 0; }

  Call call_;
  int flags_;
  QueueName& name_;
  std::vector<Touch> touches_;
  std::optional<mq_attr> attributes_;
};

// mq_unlink(3): who has it open keeps it.
class Unlink final : public Operation {
 public:
  Unlink(Machine& machine, Task& task, const Call& call)
      : call_(call), name_(name_at(machine, task, call.arguments[0])) {}
  [[nodiscard]] std::vector<Touch> touches() const override { return {writes(name_.id())}; }
  Effect perform(Machine&, Task&) override { return Effect::passes(call_); }
  std::int64_t finished(Machine& machine, Task&, std::int64_t result) override {
    machine.comes_after(name_.changes);
    if (result < 0) return result;
    name_.queue = nullptr;
    name_.changes.clear();
    machine.hand_over(name_.changes);
    return result;
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("mq_unlink({})", sandbox::quoted(name_.name()));
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {Failure{EACCES}};
  }

 private:
  Call call_;
  QueueName& name_;
};

/// What a send or a receive was called with.
struct Transfer {
  int number = 0;
  std::shared_ptr<QueueDescription> description;
  std::uint64_t address = 0, size = 0;
  std::uint64_t priority = 0;  ///< a priority, or where one is to be written
  std::optional<VirtualTime> deadline;
};

class TransferCall : public Operation {
 public:
  TransferCall(Machine& machine, const Task& task, Transfer transfer, bool into_memory)
      : transfer_(std::move(transfer)), queue_(transfer_.description->queue()) {
    touches_.push_back(writes(queue_.id()));
    const std::uint64_t size = std::min(transfer_.size, std::uint64_t{1} << 24U);
    append(touches_, machine.buffer_touches(task, transfer_.address, size, into_memory));
  }
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  [[nodiscard]] bool enabled(const Machine&, const Task&) const override {
    return hasty() || possible();
  }
  // signal(7): restarted; with a time-out, too.
  [[nodiscard]] Interruption interruption() const override {
    return hasty() ? Interruption::kNever : Interruption::kRestarts;
  }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override { return transfer_.deadline; }

 protected:
  [[nodiscard]] bool hasty() const { return (transfer_.description->flags() & O_NONBLOCK) != 0; }
  [[nodiscard]] virtual bool possible() const = 0;

  Transfer transfer_;
  PosixQueue& queue_;

 private:
  std::vector<Touch> touches_;
};

// mq_send(3), mq_timedsend(3).
class Send final : public TransferCall {
 public:
  Send(Machine& machine, const Task& task, Transfer transfer)
      : TransferCall(machine, task, std::move(transfer), false) {
    queue_.senders.uses(task.id);
  }

  Effect perform(Machine& machine, Task& task) override {
    if (!possible()) {
      machine.comes_after(queue_.changes);
      return Effect::fails(EAGAIN);
    }
    PosixQueue::Message message;
    message.priority = static_cast<unsigned>(transfer_.priority);
    message.text.resize(transfer_.size);
    if (!machine.read(task, transfer_.address, message.text)) return Effect::fails(EFAULT);
    machine.note_sent(task, message.text);
    queue_.room.take(machine, 1);
    machine.hand_over(message.sent);
    machine.hand_over(queue_.changes);
    queue_.senders.supplies(task.id);
    if (queue_.messages.empty() && queue_.receiving == 0) notify(machine, task);
    const auto after = std::ranges::find_if(
        queue_.messages, [&](const auto& one) { return one.priority < message.priority; });
    queue_.messages.insert(after, std::move(message));
    return Effect::returns(0);
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("{}({}, {} bytes, priority {}) [{}]",
                       timed("mq_send", transfer_.deadline.has_value()), transfer_.number,
                       transfer_.size, transfer_.priority, queue_.name());
  }
  [[nodiscard]] std::string waits_for(const Machine&, const Task&) const override {
    return fmt::format("waits for room in {}, which is full", queue_.name());
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    return queue_.receivers.could_help(machine, task);
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {Failure{ENOMEM}};
  }

 protected:
  [[nodiscard]] bool possible() const override {
    return static_cast<std::int64_t>(queue_.messages.size()) < queue_.most_messages;
  }

 private:
  // mq_notify(3): once, and not where somebody waits in mq_receive.
  void notify(Machine& machine, const Task& task) {
    if (!queue_.notification) return;
    const PosixQueue::Notification told = *queue_.notification;
    queue_.notification.reset();
    if (const auto socket = told.socket.lock()) {
      machine.touch(writes(socket->object()));
      SocketPacket packet;
      packet.bytes = told.cookie;
      socket->put(machine, *socket, std::move(packet));
    }
    if (told.signal == 0) return;
    Process& process = machine.process(told.process);
    for (const Touch& one : sends(machine.task(process.leader).self, told.signal)) {
      machine.touch(one);
    }
    SignalInfo info;
    info.number = told.signal;
    info.code = SI_MESGQ;
    info.sender = machine.process_of(task).number;
    info.value = told.value;
    info.sent_by = machine.event_id();
    machine.send_to_process(process, info);
  }
};

// mq_receive(3), mq_timedreceive(3).
class Receive final : public TransferCall {
 public:
  Receive(Machine& machine, const Task& task, Transfer transfer)
      : TransferCall(machine, task, std::move(transfer), true), counts_(!hasty()) {
    queue_.receivers.uses(task.id);
    if (counts_) ++queue_.receiving;
  }
  Receive(const Receive&) = delete;
  Receive& operator=(const Receive&) = delete;
  ~Receive() override {
    if (counts_) --queue_.receiving;
  }

  Effect perform(Machine& machine, Task& task) override {
    if (!possible()) {
      machine.comes_after(queue_.changes);
      return Effect::fails(EAGAIN);
    }
    const PosixQueue::Message message = std::move(queue_.messages.front());
    queue_.messages.pop_front();
    machine.comes_after(message.sent);
    queue_.room.add(machine.event_id(), 1);
    machine.hand_over(queue_.changes);
    queue_.receivers.supplies(task.id);
    if (!machine.write(task, transfer_.address, message.text)) return Effect::fails(EFAULT);
    if (transfer_.priority != 0 &&
        !machine.write_value(task, transfer_.priority, message.priority)) {
      return Effect::fails(EFAULT);
    }
    if (message.priority != 0) machine.gives(fmt::format("one of priority {}", message.priority));
    return Effect::returns(static_cast<std::int64_t>(message.text.size()));
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("{}({}, {} bytes) [{}]", timed("mq_receive", transfer_.deadline.has_value()),
                       transfer_.number, transfer_.size, queue_.name());
  }
  [[nodiscard]] std::string waits_for(const Machine&, const Task&) const override {
    return fmt::format("waits for a message in {}", queue_.name());
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    return queue_.senders.could_help(machine, task);
  }
  // POSIX: the data are damaged. Linux has no failure of its own for a right call.
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {Failure{EBADMSG}};
  }

 protected:
  [[nodiscard]] bool possible() const override { return !queue_.messages.empty(); }

 private:
  bool counts_;
};

std::shared_ptr<QueueDescription> queue_at(Machine& machine, const Task& task, int number) {
  return std::dynamic_pointer_cast<QueueDescription>(machine.descriptors(task).find(number));
}

// The order of the checks is that of do_mq_timedsend() and do_mq_timedreceive().
std::unique_ptr<Operation> decode_transfer(Machine& machine, Task& task, const Call& call,
                                           bool sends) {
  Transfer transfer;
  transfer.number = int_at(call, 0);
  const auto refuse = [&](int error) {
    return done_at_once(fmt::format("{}({})", sends ? "mq_send" : "mq_receive", transfer.number),
                        -error);
  };
  if (sends && (call.arguments[3] & 0xffffffffU) >= kMostPriority) return refuse(EINVAL);
  if (call.arguments[4] != 0) {
    const auto time = machine.peek_value<timespec>(task, call.arguments[4]);
    if (!time) return refuse(EFAULT);
    if (!is_valid(*time)) return refuse(EINVAL);
    transfer.deadline = until(CLOCK_REALTIME, *time);
  }
  transfer.description = queue_at(machine, task, transfer.number);
  if (transfer.description == nullptr) return refuse(EBADF);
  const int mode = transfer.description->flags() & O_ACCMODE;
  if (mode == (sends ? O_RDONLY : O_WRONLY)) return refuse(EBADF);
  transfer.address = call.arguments[1];
  transfer.size = call.arguments[2];
  transfer.priority = sends ? call.arguments[3] & 0xffffffffU : call.arguments[3];
  const auto limit = static_cast<std::uint64_t>(transfer.description->queue().most_bytes);
  if (sends ? transfer.size > limit : transfer.size < limit) return refuse(EMSGSIZE);
  if (sends) return std::make_unique<Send>(machine, task, std::move(transfer));
  return std::make_unique<Receive>(machine, task, std::move(transfer));
}

/// SIGEV_THREAD, as the kernel has it (ipc/mqueue.c): a cookie of the C library's, whose last byte
/// the kernel sets, comes back by a netlink socket.
std::int64_t by_socket(Machine& machine, const Task& task, const sigevent& event,
                       PosixQueue::Notification& wanted) {
  constexpr std::size_t kCookie = 32;  // NOTIFY_COOKIE_LEN
  constexpr std::byte kWokenUp{1};     // NOTIFY_WOKENUP
  const auto description = machine.descriptors(task).find(event.sigev_signo);
  if (description == nullptr) return -EBADF;
  const auto socket = std::dynamic_pointer_cast<SocketDescription>(description);
  if (socket == nullptr) return -ENOTSOCK;
  if (!socket->netlink) return -EINVAL;
  wanted.socket = socket;
  wanted.cookie.resize(kCookie);
  const auto at = reinterpret_cast<std::uint64_t>(event.sigev_value.sival_ptr);
  if (!machine.peek(task, at, wanted.cookie)) return -EFAULT;
  wanted.cookie.back() = kWokenUp;
  return 0;
}

// mq_notify(3).
std::unique_ptr<Operation> decode_notify(Machine& machine, Task& task, const Call& call) {
  const std::string text = fmt::format("mq_notify({})", int_at(call, 0));
  std::optional<PosixQueue::Notification> wanted;
  if (call.arguments[1] != 0) {
    const auto event = machine.peek_value<sigevent>(task, call.arguments[1]);
    if (!event) return done_at_once(text, -EFAULT);
    wanted = PosixQueue::Notification{.process = task.process};
    if (event->sigev_notify == SIGEV_THREAD) {
      const std::int64_t error = by_socket(machine, task, *event, *wanted);
      if (error != 0) return done_at_once(text, error);
    } else if (event->sigev_notify != SIGEV_NONE && event->sigev_notify != SIGEV_SIGNAL) {
      return done_at_once(text, -EINVAL);
    }
    if (event->sigev_notify == SIGEV_SIGNAL) {
      if (event->sigev_signo <= 0 || event->sigev_signo > 64) return done_at_once(text, -EINVAL);
      wanted->signal = event->sigev_signo;
      wanted->value = reinterpret_cast<std::uint64_t>(event->sigev_value.sival_ptr);
    }
  }
  const auto description = queue_at(machine, task, int_at(call, 0));
  if (description == nullptr) return done_at_once(text, -EBADF);
  return small(fmt::format("{} [{}]", text, description->queue().name()),
               {writes(description->queue().id())}, [description, wanted](Machine&, Task& t) {
                 auto& now = description->queue().notification;
                 if (wanted) {
                   if (now) return Effect::fails(EBUSY);
                   now = wanted;
                   // mq_notify(3): of what is there already it does not tell.
                   if (wanted->signal != 0 && !description->queue().messages.empty()) {
                     t.signal_came_early = true;
                   }
                 } else if (now && now->process == t.process) {
                   now.reset();
                 }
                 return Effect::returns(0);
               });
}

// mq_getattr(3), mq_setattr(3): only O_NONBLOCK can be set.
std::unique_ptr<Operation> decode_attributes(Machine& machine, Task& task, const Call& call) {
  const std::string text =
      fmt::format("{}({})", call.arguments[1] == 0 ? "mq_getattr" : "mq_setattr", int_at(call, 0));
  const auto description = queue_at(machine, task, int_at(call, 0));
  if (description == nullptr) return done_at_once(text, -EBADF);
  PosixQueue& queue = description->queue();
  std::vector<Touch> touches{reads(queue.id())};
  const std::uint64_t given = call.arguments[1], into = call.arguments[2];
  if (into != 0) append(touches, machine.buffer_touches(task, into, sizeof(mq_attr), true));
  return small(fmt::format("{} [{}]", text, queue.name()), std::move(touches),
               [description, given, into](Machine& m, Task& t) {
                 PosixQueue& at = description->queue();
                 mq_attr attributes{};
                 attributes.mq_flags = description->flags() & O_NONBLOCK;
                 attributes.mq_maxmsg = at.most_messages;
                 attributes.mq_msgsize = at.most_bytes;
                 attributes.mq_curmsgs = static_cast<std::int64_t>(at.messages.size());
                 m.comes_after(at.changes);
                 if (given != 0) {
                   const auto set = m.read_value<mq_attr>(t, given);
                   if (!set) return Effect::fails(EFAULT);
                   if ((set->mq_flags & ~std::int64_t{O_NONBLOCK}) != 0) {
                     return Effect::fails(EINVAL);
                   }
                   description->set_flags((description->flags() & ~O_NONBLOCK) |
                                          static_cast<int>(set->mq_flags));
                 }
                 if (into != 0 && !m.write_value(t, into, attributes)) {
                   return Effect::fails(EFAULT);
                 }
                 return Effect::returns(0);
               });
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  switch (call.number) {
    case SYS_mq_open:
      return std::make_unique<Open>(machine, task, call);
    case SYS_mq_unlink:
      return std::make_unique<Unlink>(machine, task, call);
    case SYS_mq_timedsend:
      return decode_transfer(machine, task, call, true);
    case SYS_mq_timedreceive:
      return decode_transfer(machine, task, call, false);
    case SYS_mq_notify:
      return decode_notify(machine, task, call);
    default:
      return decode_attributes(machine, task, call);
  }
}

constexpr long kCalls[] = {SYS_mq_open,         SYS_mq_unlink, SYS_mq_timedsend,
                           SYS_mq_timedreceive, SYS_mq_notify, SYS_mq_getsetattr};

}  // namespace

const Mechanism kPosixMessageQueueMechanism{"POSIX message queues", kCalls, decode};

short QueueDescription::ready(const Machine&) const {
  int events = 0;
  if (!queue_.messages.empty()) events |= POLLIN | POLLRDNORM;
  if (static_cast<std::int64_t>(queue_.messages.size()) < queue_.most_messages) {
    events |= POLLOUT | POLLWRNORM;
  }
  return static_cast<short>(events);
}

std::vector<Touch> QueueDescription::touches(Direction) const { return {writes(queue_.id())}; }
std::vector<Touch> QueueDescription::looks() const { return {reads(queue_.id())}; }

void QueueDescription::seen(Machine& machine, short) { machine.comes_after(queue_.changes); }

void QueueDescription::closed(Machine& machine, TaskId task, bool) {
  // Whatever descriptor of it the process closes: mq_close(3).
  const auto& told = queue_.notification;
  if (told && told->process == machine.task(task).process) queue_.notification.reset();
}

std::string QueueDescription::why_waiting(const Machine&, const Task&, Direction direction) const {
  return direction == Direction::kIn ? "which is empty" : "which is full";
}

std::vector<TaskId> QueueDescription::suppliers(const Machine& machine, const Task& task,
                                                Direction direction) const {
  return direction == Direction::kIn ? queue_.senders.could_help(machine, task)
                                     : queue_.receivers.could_help(machine, task);
}

}  // namespace ipcgrade
