// Calls that make, name, connect and set sockets. Messages are in socket_message.cc.
#include "ipc/socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <utility>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/clock.h"
#include "ipc/descriptor.h"
#include "ipc/mechanisms.h"
#include "ipc/passed_operation.h"
#include "ipc/words.h"

namespace ipcgrade {

namespace {

constexpr int kTypeMask = 0xf;  // SOCK_TYPE_MASK

[[nodiscard]] std::shared_ptr<SocketDescription> socket_at(Machine& machine, const Task& task,
                                                           int number) {
  return std::dynamic_pointer_cast<SocketDescription>(machine.descriptors(task).find(number));
}

[[nodiscard]] std::string type_words(int type) {
  switch (type & kTypeMask) {
    case SOCK_STREAM:
      return "SOCK_STREAM";
    case SOCK_DGRAM:
      return "SOCK_DGRAM";
    case SOCK_SEQPACKET:
      return "SOCK_SEQPACKET";
    default:
      return std::to_string(type & kTypeMask);
  }
}

/// AF_UNIX, of a type that is modelled. SOCK_RAW is taken for SOCK_DGRAM: unix(7).
[[nodiscard]] bool is_modelled(int family, int type) {
  const int kind = type & kTypeMask;
  return family == AF_UNIX && (kind == SOCK_STREAM || kind == SOCK_DGRAM || kind == SOCK_SEQPACKET);
}

/// As SIGEV_THREAD of mq_notify(3) has it in the C library, which only receives from it. What else
/// a program wants to know by netlink is not modelled: that shows with the next call.
[[nodiscard]] bool is_netlink(int family, int type, int protocol) {
  return family == AF_NETLINK && (type & kTypeMask) == SOCK_RAW && protocol == 0;
}

std::unique_ptr<Operation> decode_socket(Machine& machine, Task& task, const Call& call) {
  const int family = int_at(call, 0);
  const bool netlink = is_netlink(family, int_at(call, 1), int_at(call, 2));
  const int type = netlink ? SOCK_DGRAM | (int_at(call, 1) & ~kTypeMask) : int_at(call, 1);
  if (!netlink && !is_modelled(family, type)) {
    return unmodelled(fmt::format("socket({}, {})", family, type_words(type)));
  }
  Call placeholder = call;
  if (netlink) placeholder.arguments = {AF_UNIX, static_cast<std::uint64_t>(type), 0};
  Passed passed{placeholder,
                netlink ? std::string("socket(AF_NETLINK)")
                        : fmt::format("socket(AF_UNIX, {})", type_words(type)),
                table_touches(machine, task, TableUse::kAllocates),
                {{EMFILE}, {ENFILE}}};
  passed.then = [type, netlink](Machine& m, Task& t, std::int64_t result) {
    if (result < 0) return result;
    auto socket = make_socket(m, type & kTypeMask, type & SOCK_NONBLOCK);
    socket->netlink = netlink;
    socket->owner_number = m.process_of(t).number;
    m.descriptors(t).put(static_cast<int>(result), std::move(socket), (type & SOCK_CLOEXEC) != 0);
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode_pair(Machine& machine, Task& task, const Call& call) {
  const int type = int_at(call, 1);
  const std::uint64_t address = call.arguments[3];
  if (!is_modelled(int_at(call, 0), type)) return nullptr;  // EOPNOTSUPP, says the kernel
  auto touches = table_touches(machine, task, TableUse::kAllocates);
  append(touches, machine.buffer_touches(task, address, 2 * sizeof(int), true));
  Passed passed{call,
                fmt::format("socketpair(AF_UNIX, {})", type_words(type)),
                std::move(touches),
                {{EMFILE}, {ENFILE}}};
  passed.then = [type, address](Machine& m, Task& t, std::int64_t result) {
    std::array<int, 2> numbers{};
    if (result < 0 || !m.peek(t, address, std::as_writable_bytes(std::span(numbers)))) {
      return result;
    }
    const auto one = make_socket(m, type & kTypeMask, type & SOCK_NONBLOCK);
    const auto other = make_socket(m, type & kTypeMask, type & SOCK_NONBLOCK);
    one->owner_number = other->owner_number = m.process_of(t).number;
    one->connect_pair(other);
    const bool close_on_exec = (type & SOCK_CLOEXEC) != 0;
    m.descriptors(t).put(numbers[0], one, close_on_exec);
    m.descriptors(t).put(numbers[1], other, close_on_exec);
    m.gives(fmt::format("{} and {}", numbers[0], numbers[1]));
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode_bind(Machine& machine, Task& task, const Call& call) {
  const int number = int_at(call, 0);
  const auto socket = socket_at(machine, task, number);
  if (socket == nullptr) return nullptr;
  const auto name = socket_name(machine, task, call.arguments[1], call.arguments[2]);
  if (!name) {
    // An address of its own choice (autobind), or one that the kernel will not have.
    if (call.arguments[2] > sizeof(sa_family_t)) return nullptr;
    return unmodelled(fmt::format("bind({}) to a name of the kernel's choice", number));
  }
  std::vector<Touch> touches{writes(socket->object())};
  touches.push_back({name->object, FileName::kChanges | SocketDescription::kNames,
                     FileName::kLooksUp | FileName::kChanges | SocketDescription::kNames |
                         SocketDescription::kPuts});
  if (name->file != nullptr) {
    append(touches, machine.state<FileNames>().told(name->file->path()));
  }
  Passed passed{
      call, fmt::format("bind({}, {})", number, name->text), std::move(touches), {{EADDRINUSE}}};
  passed.then = [number, name = *name](Machine& m, Task& t, std::int64_t result) {
    const auto bound = socket_at(m, t, number);
    if (name.file != nullptr && result < 0) m.comes_after(name.file->made);
    if (result < 0 || bound == nullptr) return result;
    std::shared_ptr<FileNode> node;
    if (name.file != nullptr) {
      m.comes_after(name.file->removed);
      node = std::make_shared<FileNode>();
      node->sort = FileNode::Sort::kSocket;
      node->socket = bound;
      m.state<FileNames>().made(m, *name.file, node);
    } else {
      bind_abstract(m, name, bound);
    }
    bound->bind(name.object, name.address, std::move(node));
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode_listen(Machine& machine, Task& task, const Call& call) {
  const int number = int_at(call, 0);
  const int backlog = int_at(call, 1);
  const auto socket = socket_at(machine, task, number);
  if (socket == nullptr) return nullptr;
  constexpr std::uint16_t kNames = SocketDescription::kNames;
  Passed passed{
      call,
      fmt::format("listen({}, {})", number, backlog),
      {{socket->object(), kNames,
        static_cast<std::uint16_t>(kNames | SocketDescription::kPuts | SocketDescription::kLooks)}},
      {{EADDRINUSE}}};
  passed.then = [number, backlog](Machine& m, Task& t, std::int64_t result) {
    if (const auto listener = socket_at(m, t, number); result >= 0 && listener != nullptr) {
      constexpr int kMost = 4096;  // /proc/sys/net/core/somaxconn
      listener->listen(m, backlog < 0 || backlog > kMost ? kMost : backlog);
      listener->owner_number = m.process_of(t).number;
    }
    return result;
  };
  return make_passed(std::move(passed));
}

/// connect and accept: they may wait, and the kernel then does them without.
class ConnectionOperation : public Operation {
 public:
  ConnectionOperation(Machine& machine, Task& task, const Call& call,
                      const std::shared_ptr<SocketDescription>& socket)
      : call_(call), number_(int_at(call, 0)), socket_(socket) {
    append(touches_, table_touches(machine, task, TableUse::kUses, number_));
  }
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  [[nodiscard]] Interruption interruption() const override {
    // signal(7): with a time-out set, never restarted.
    return deadline_ ? Interruption::kFails : Interruption::kRestarts;
  }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override { return deadline_; }
  std::int64_t timed_out(Machine&, Task&) override { return -EAGAIN; }

 protected:
  [[nodiscard]] std::shared_ptr<SocketDescription> socket() const { return socket_.lock(); }

  Call call_;
  int number_;
  std::weak_ptr<SocketDescription> socket_;
  std::vector<Touch> touches_;
  std::optional<VirtualTime> deadline_;
};

class Connect : public ConnectionOperation {
 public:
  Connect(Machine& machine, Task& task, const Call& call,
          const std::shared_ptr<SocketDescription>& from, SocketName name)
      : ConnectionOperation(machine, task, call, from), name_(std::move(name)) {
    touches_.push_back({from->object(), SocketDescription::kNames,
                        SocketDescription::kNames | SocketDescription::kLooks});
    touches_.push_back({name_.object, FileName::kLooksUp | SocketDescription::kPuts,
                        FileName::kChanges | SocketDescription::kNames | SocketDescription::kPuts |
                            SocketDescription::kTakes | SocketDescription::kGoes |
                            SocketDescription::kLooks});
    if (from->send_timeout) deadline_ = machine.now() + *from->send_timeout;
  }

  [[nodiscard]] bool enabled(const Machine& machine, const Task&) const override {
    const auto from = socket();
    // Finding who is bound there changes nothing.
    const auto to = bound_to(const_cast<Machine&>(machine), name_);
    return from == nullptr || to == nullptr || (from->flags() & O_NONBLOCK) != 0 ||
           to->state() != SocketDescription::State::kListening || !to->backlog_full();
  }
  Effect perform(Machine& machine, Task&) override {
    const auto to = bound_to(machine, name_);
    if (to != nullptr && to->state() == SocketDescription::State::kListening &&
        to->backlog_full()) {
      return Effect::fails(EAGAIN);
    }
    // Whether it may, and what is wrong if not, the kernel knows from the real sockets.
    return Effect::passes(call_);
  }
  std::int64_t finished(Machine& machine, Task& task, std::int64_t result) override {
    const auto from = socket();
    const auto to = bound_to(machine, name_);
    if (name_.file != nullptr) {
      machine.comes_after(result == -ENOENT ? name_.file->removed : name_.file->made);
    }
    if (result >= 0 && from != nullptr && to != nullptr) {
      from->owner_number = machine.process_of(task).number;
      from->connect(machine, to);
    }
    return result;
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("connect({}, {})", number_, name_.text);
  }
  [[nodiscard]] std::string waits_for(const Machine&, const Task&) const override {
    return fmt::format("connects to {}, where too many wait to be accepted", name_.text);
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    const auto to = bound_to(const_cast<Machine&>(machine), name_);
    return to == nullptr ? std::vector<TaskId>{} : other_tasks(machine, task, machine.holders(*to));
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {{ECONNREFUSED}};
  }

 private:
  SocketName name_;
};

class Accept : public ConnectionOperation {
 public:
  Accept(Machine& machine, Task& task, const Call& call,
         const std::shared_ptr<SocketDescription>& listener)
      : ConnectionOperation(machine, task, call, listener) {
    append(touches_, table_touches(machine, task, TableUse::kAllocates));
    append(touches_, listener->touches(Direction::kIn));
    if (listener->receive_timeout) deadline_ = machine.now() + *listener->receive_timeout;
  }

  [[nodiscard]] bool enabled(const Machine&, const Task&) const override {
    const auto listener = socket();
    return listener == nullptr || listener->state() != SocketDescription::State::kListening ||
           (listener->flags() & O_NONBLOCK) != 0 || listener->has_waiting();
  }
  Effect perform(Machine&, Task&) override {
    const auto listener = socket();
    if (listener == nullptr) return Effect::fails(EBADF);
    if (listener->state() == SocketDescription::State::kListening && !listener->has_waiting()) {
      return Effect::fails(EAGAIN);
    }
    return Effect::passes(call_);
  }
  std::int64_t finished(Machine& machine, Task& task, std::int64_t result) override {
    const auto listener = socket();
    if (result < 0 || listener == nullptr || !listener->has_waiting()) return result;
    const int flags = call_.number == SYS_accept4 ? int_at(call_, 3) : 0;
    auto accepted = listener->accept(machine);
    accepted->set_flags(O_RDWR | (flags & SOCK_NONBLOCK));
    accepted->passes_credentials = listener->passes_credentials;
    machine.descriptors(task).put(static_cast<int>(result), std::move(accepted),
                                  (flags & SOCK_CLOEXEC) != 0);
    return result;
  }
  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("accept({})", number_);
  }
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task&) const override {
    const auto listener = socket();
    if (listener == nullptr) return "";
    return fmt::format("accepts from {}, to which nobody connects", listener->name(machine));
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    const auto listener = socket();
    return listener == nullptr ? std::vector<TaskId>{}
                               : listener->suppliers(machine, task, Direction::kIn);
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {{EMFILE}, {ENFILE}};
  }
};

std::unique_ptr<Operation> decode_connect(Machine& machine, Task& task, const Call& call) {
  const auto socket = socket_at(machine, task, int_at(call, 0));
  if (socket == nullptr) return nullptr;
  sa_family_t family = AF_UNIX;
  if (const auto given = machine.peek_value<sa_family_t>(task, call.arguments[1])) family = *given;
  if (family == AF_UNSPEC && socket->type() == SOCK_DGRAM) {
    Passed passed{
        call, fmt::format("connect({}, nobody)", int_at(call, 0)), {writes(socket->object())}};
    passed.then = [number = int_at(call, 0)](Machine& m, Task& t, std::int64_t result) {
      if (const auto found = socket_at(m, t, number); result >= 0 && found != nullptr) {
        found->disconnect();
      }
      return result;
    };
    return make_passed(std::move(passed));
  }
  auto name = socket_name(machine, task, call.arguments[1], call.arguments[2]);
  if (!name) return nullptr;  // nobody of this run can be there
  return std::make_unique<Connect>(machine, task, call, socket, *std::move(name));
}

std::unique_ptr<Operation> decode_shutdown(Machine& machine, Task& task, const Call& call) {
  const int number = int_at(call, 0);
  const int how = int_at(call, 1);
  const auto socket = socket_at(machine, task, number);
  if (socket == nullptr) return nullptr;
  constexpr std::array kWords{"SHUT_RD", "SHUT_WR", "SHUT_RDWR"};
  if (how < 0 || how > 2) return nullptr;
  std::vector<Touch> touches{
      {socket->object(), SocketDescription::kEnds | SocketDescription::kGoes,
       SocketDescription::kTakes | SocketDescription::kPuts | SocketDescription::kLooks}};
  if (const auto other = socket->peer()) {
    touches.push_back(touches.front());
    touches.back().object = other->object();
  }
  Passed passed{call,
                fmt::format("shutdown({}, {})", number, kWords[static_cast<std::size_t>(how)]),
                std::move(touches)};
  passed.then = [number, how](Machine& m, Task& t, std::int64_t result) {
    if (const auto found = socket_at(m, t, number); result >= 0 && found != nullptr) {
      found->shut_down(m, how);
    }
    return result;
  };
  return make_passed(std::move(passed));
}

/// setsockopt(2), as far as it changes who waits how long for what.
std::unique_ptr<Operation> decode_set(Machine& machine, Task& task, const Call& call) {
  const int number = int_at(call, 0);
  const auto socket = socket_at(machine, task, number);
  if (socket == nullptr || int_at(call, 1) != SOL_SOCKET) return nullptr;
  const int option = int_at(call, 2);
  const std::uint64_t address = call.arguments[3];
  Passed passed{call, fmt::format("setsockopt({}, {})", number, option),
                table_touches(machine, task, TableUse::kUses, number)};
  switch (option) {
    case SO_RCVTIMEO:
    case SO_SNDTIMEO: {
      const auto time = machine.peek_value<timeval>(task, address);
      if (!time) return nullptr;
      std::optional<VirtualTime> timeout;
      if (time->tv_sec != 0 || time->tv_usec != 0) {
        timeout = std::chrono::seconds(time->tv_sec) + std::chrono::microseconds(time->tv_usec);
      }
      passed.text = fmt::format("setsockopt({}, {})", number,
                                option == SO_RCVTIMEO ? "SO_RCVTIMEO" : "SO_SNDTIMEO");
      const auto kept = option == SO_RCVTIMEO ? &SocketDescription::receive_timeout
                                              : &SocketDescription::send_timeout;
      passed.then = [number, kept, timeout](Machine& m, Task& t, std::int64_t result) {
        const auto found = socket_at(m, t, number);
        if (result >= 0 && found != nullptr) (*found).*kept = timeout;
        return result;
      };
      break;
    }
    case SO_PASSCRED:
    case SO_SNDBUF: {
      const int value = machine.peek_value<int>(task, address).value_or(0);
      passed.then = [number, option, value](Machine& m, Task& t, std::int64_t result) {
        if (const auto found = socket_at(m, t, number); result >= 0 && found != nullptr) {
          if (option == SO_SNDBUF) {
            found->set_send_buffer(value);
          } else {
            found->passes_credentials = value != 0;
          }
        }
        return result;
      };
      break;
    }
    case SO_PEEK_OFF:
      return unmodelled(fmt::format("setsockopt({}, SO_PEEK_OFF)", number));
    default:
      return nullptr;
  }
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode_get(Machine& machine, Task& task, const Call& call) {
  const int number = int_at(call, 0);
  const auto socket = socket_at(machine, task, number);
  if (socket == nullptr || int_at(call, 1) != SOL_SOCKET) return nullptr;
  const std::uint64_t address = call.arguments[3];
  switch (int_at(call, 2)) {
    case SO_PEERCRED: {
      Passed passed{call,
                    fmt::format("getsockopt({}, SO_PEERCRED)", number),
                    {{socket->object(), SocketDescription::kLooks, SocketDescription::kNames}}};
      passed.then = [number, address](Machine& m, Task& t, std::int64_t result) {
        // Process numbers of the run are the model's own.
        const auto found = socket_at(m, t, number);
        if (result >= 0 && found != nullptr && found->peer_number != 0) {
          m.poke_value(t, address, found->peer_number);
        }
        return result;
      };
      return make_passed(std::move(passed));
    }
    case SO_ERROR: {
      Passed passed{call, fmt::format("getsockopt({}, SO_ERROR)", number), socket->looks()};
      passed.then = [number, address](Machine& m, Task& t, std::int64_t result) {
        const auto found = socket_at(m, t, number);
        if (result < 0 || found == nullptr) return result;
        if (found->error() != 0) found->comes_after_end(m);
        m.poke_value(t, address, found->take_error());
        return result;
      };
      return make_passed(std::move(passed));
    }
    default:
      return nullptr;
  }
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  switch (call.number) {
    case SYS_socket:
      return decode_socket(machine, task, call);
    case SYS_socketpair:
      return decode_pair(machine, task, call);
    default:
      break;
  }
  const auto socket = socket_at(machine, task, int_at(call, 0));
  if (socket == nullptr) return nullptr;
  if (socket->netlink && call.number != SYS_recvfrom) {
    return unmodelled("a call on socket(AF_NETLINK)");
  }
  switch (call.number) {
    case SYS_bind:
      return decode_bind(machine, task, call);
    case SYS_listen:
      return decode_listen(machine, task, call);
    case SYS_connect:
      return decode_connect(machine, task, call);
    case SYS_accept:
    case SYS_accept4:
      return std::make_unique<Accept>(machine, task, call, socket);
    case SYS_shutdown:
      return decode_shutdown(machine, task, call);
    case SYS_setsockopt:
      return decode_set(machine, task, call);
    case SYS_getsockopt:
      return decode_get(machine, task, call);
    default:
      return decode_socket_message(machine, task, call, socket);
  }
}

constexpr std::array kCalls{
    long{SYS_socket},     long{SYS_socketpair}, long{SYS_bind},     long{SYS_listen},
    long{SYS_connect},    long{SYS_accept},     long{SYS_accept4},  long{SYS_shutdown},
    long{SYS_setsockopt}, long{SYS_getsockopt}, long{SYS_read},     long{SYS_readv},
    long{SYS_write},      long{SYS_writev},     long{SYS_sendto},   long{SYS_recvfrom},
    long{SYS_sendmsg},    long{SYS_recvmsg},    long{SYS_sendmmsg}, long{SYS_recvmmsg},
};

}  // namespace

const Mechanism kSocketMechanism{"socket", kCalls, decode};

}  // namespace ipcgrade
