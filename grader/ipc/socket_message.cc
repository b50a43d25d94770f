// What is sent and received through sockets, by whatever call: read, write, send, recv…
#include "ipc/socket_message.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>

#include <algorithm>
#include <utility>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/descriptor.h"
#include "ipc/words.h"
#include "sandbox/describe.h"

namespace ipcgrade {

namespace {

constexpr std::size_t kShown = 32;

}  // namespace

MessageOperation::MessageOperation(Machine& machine, Task& task, const Call& call, Message message,
                                   const std::shared_ptr<SocketDescription>& socket)
    : call_(call),
      number_(int_at(call, 0)),
      message_(std::move(message)),
      socket_(socket),
      name_(socket->name(machine)) {
  append(touches_, table_touches(machine, task, TableUse::kUses, number_));
  append(touches_, message_.buffers.touches(machine, task, !message_.out));
  const auto& timeout = message_.out ? socket->send_timeout : socket->receive_timeout;
  if (timeout) deadline_ = machine.now() + *timeout;
}

std::string MessageOperation::text(const Machine& machine, const Task& task) const {
  const std::uint64_t known = message_.out ? message_.buffers.size() : moved_;
  std::string shown;
  if (known > 0) {
    std::vector<std::byte> bytes(std::min<std::uint64_t>(known, kShown + 1));
    if (message_.buffers.peek(machine, task, 0, bytes))
      shown = sandbox::quoted(bytes, kShown) + ", ";
  }
  return fmt::format("{}({}, {}{}{}) [{}]", message_.call_name, number_, shown,
                     message_.buffers.size(), extra_, name_);
}

std::string MessageOperation::waits_for(const Machine& machine, const Task& task) const {
  const auto socket = socket_.lock();
  if (socket == nullptr) return "";
  const auto direction = message_.out ? Direction::kOut : Direction::kIn;
  const std::string why = socket->why_waiting(machine, task, direction);
  std::string words = (message_.out ? "sends to " : "receives from ") + name_;
  return why.empty() ? words : words + ", " + why;
}

std::vector<TaskId> MessageOperation::suppliers(const Machine& machine, const Task& task) const {
  const auto socket = socket_.lock();
  if (socket == nullptr) return {};
  return socket->suppliers(machine, task, message_.out ? Direction::kOut : Direction::kIn);
}

std::vector<Failure> MessageOperation::failures(const Machine&, const Task&) const {
  // No short counts: with no handler in the way the kernel gives none to who waits.
  return {{message_.out ? ENOBUFS : ECONNRESET}};
}

bool MessageOperation::waits(const SocketDescription& socket) const {
  return (socket.flags() & O_NONBLOCK) == 0 && (message_.flags & MSG_DONTWAIT) == 0;
}

std::optional<Call> MessageOperation::real_call(Machine& machine, Task& task, int flags) {
  Call real{message_.out ? SYS_sendto : SYS_recvfrom, {}};
  if (message_.header == 0) {
    const auto& pieces = message_.buffers.pieces();
    const auto at = std::ranges::find_if(pieces, [](const auto& one) { return one.size > 0; });
    if (at == pieces.end() || machine.mapping_at(task, at->address) != nullptr) {
      return std::nullopt;
    }
    real.arguments = {call_.arguments[0],
                      at->address,
                      1,
                      static_cast<std::uint64_t>(flags),
                      message_.out ? message_.name : 0,
                      message_.out ? message_.name_size : 0};
    return real;
  }
  const auto header = machine.peek_value<msghdr>(task, message_.header);
  if (!header || header->msg_iovlen == 0 || machine.mapping_at(task, message_.header) != nullptr) {
    return std::nullopt;
  }
  vector_ = reinterpret_cast<std::uint64_t>(header->msg_iov);
  const auto first = machine.peek_value<struct iovec>(task, vector_);
  if (!first || machine.mapping_at(task, vector_) != nullptr) return std::nullopt;
  saved_header_ = *header;
  saved_vector_ = *first;
  // The flags' place: the kernel writes them after the data.
  const std::uint64_t byte = message_.header + offsetof(msghdr, msg_flags);
  machine.poke_value(task, vector_, (struct iovec){reinterpret_cast<void*>(byte), 1});
  machine.poke_value(task, message_.header + offsetof(msghdr, msg_iovlen), std::size_t{1});
  real.number = message_.out ? SYS_sendmsg : SYS_recvmsg;
  real.arguments = {call_.arguments[0], message_.header, static_cast<std::uint64_t>(flags)};
  return real;
}

void MessageOperation::give_memory_back(Machine& machine, Task& task) {
  if (!saved_vector_) return;
  machine.poke_value(task, vector_, *saved_vector_);
  machine.poke_value(task, message_.header + offsetof(msghdr, msg_iovlen),
                     saved_header_->msg_iovlen);
  if (message_.out) {
    machine.poke_value(task, message_.header + offsetof(msghdr, msg_flags),
                       saved_header_->msg_flags);
  }
}

namespace {

std::optional<Message> from_header(const Machine& machine, const Task& task, std::uint64_t address,
                                   int flags) {
  const auto header = machine.peek_value<msghdr>(task, address);
  if (!header) return std::nullopt;
  auto buffers = Buffers::from_array(
      machine, task, reinterpret_cast<std::uint64_t>(header->msg_iov), header->msg_iovlen);
  if (!buffers) return std::nullopt;
  Message message;
  message.buffers = *std::move(buffers);
  message.flags = flags;
  message.header = address;
  message.name = reinterpret_cast<std::uint64_t>(header->msg_name);
  message.name_size = header->msg_namelen;
  message.name_size_address = address + offsetof(msghdr, msg_namelen);
  message.control = reinterpret_cast<std::uint64_t>(header->msg_control);
  message.control_size = message.control == 0 ? 0 : header->msg_controllen;
  if (message.control_size == 0) message.control = 0;
  return message;
}

std::optional<Message> message_of(const Machine& machine, const Task& task, const Call& call) {
  const auto& a = call.arguments;
  Message message;
  switch (call.number) {
    case SYS_read:
    case SYS_write:
      message.buffers = Buffers(a[1], a[2]);
      break;
    case SYS_readv:
    case SYS_writev: {
      auto buffers = Buffers::from_array(machine, task, a[1], a[2]);
      if (!buffers) return std::nullopt;
      message.buffers = *std::move(buffers);
      break;
    }
    case SYS_sendto:
    case SYS_recvfrom:
      message.buffers = Buffers(a[1], a[2]);
      message.flags = int_at(call, 3);
      message.name = a[4];
      if (call.number == SYS_sendto) {
        message.name_size = a[5];
      } else if (a[5] != 0) {
        message.name_size_address = a[5];
        message.name_size = machine.peek_value<socklen_t>(task, a[5]).value_or(0);
      }
      break;
    default: {
      auto made = from_header(machine, task, a[1], int_at(call, 2));
      if (!made) return std::nullopt;
      message = *std::move(made);
    }
  }
  switch (call.number) {
    case SYS_read:
      message.call_name = "read";
      break;
    case SYS_readv:
      message.call_name = "readv";
      break;
    case SYS_write:
      message.call_name = "write";
      break;
    case SYS_writev:
      message.call_name = "writev";
      break;
    case SYS_sendto:
      message.call_name = message.name == 0 ? "send" : "sendto";
      break;
    case SYS_recvfrom:
      message.call_name = message.name == 0 ? "recv" : "recvfrom";
      break;
    case SYS_sendmsg:
      message.call_name = "sendmsg";
      break;
    default:
      message.call_name = "recvmsg";
      break;
  }
  message.out = call.number == SYS_write || call.number == SYS_writev ||
                call.number == SYS_sendto || call.number == SYS_sendmsg;
  return message;
}

}  // namespace

std::unique_ptr<Operation> decode_socket_message(Machine& machine, Task& task, const Call& call,
                                                 const std::shared_ptr<SocketDescription>& socket) {
  if (call.number == SYS_sendmmsg || call.number == SYS_recvmmsg) {
    return unmodelled(call.number == SYS_sendmmsg ? "sendmmsg()" : "recvmmsg()");
  }
  auto message = message_of(machine, task, call);
  // Arguments that can't be read: the kernel fails for them, and does not wait.
  if (!message) return nullptr;
  if ((message->flags & MSG_OOB) != 0) {
    return unmodelled(std::string(message->call_name) + "() with MSG_OOB");
  }
  if (message->out) return make_send(machine, task, call, *std::move(message), socket);
  return make_receive(machine, task, call, *std::move(message), socket);
}

}  // namespace ipcgrade
