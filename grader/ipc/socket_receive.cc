// Receiving from a socket.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/descriptor.h"
#include "ipc/socket_message.h"
#include "ipc/words.h"

namespace ipcgrade {

namespace {

constexpr std::size_t kMostAtOnce = 1 << 20;

class Receive : public MessageOperation {
 public:
  Receive(Machine& machine, Task& task, const Call& call, Message message,
          const std::shared_ptr<SocketDescription>& socket)
      : MessageOperation(machine, task, call, std::move(message), socket) {
    append(touches_, socket->touches(Direction::kIn));
    append(touches_, machine.buffer_touches(task, message_.control, message_.control_size, true));
  }

  [[nodiscard]] bool enabled(const Machine&, const Task&) const override {
    const auto socket = socket_.lock();
    if (socket == nullptr || !waits(*socket) || is_unconnected(*socket)) return true;
    if (socket->error() != 0 || socket->ended()) return true;
    const bool all =
        (message_.flags & MSG_WAITALL) != 0 && socket->stream() && message_.buffers.size() > moved_;
    if (!all || socket->packets().empty()) return !socket->packets().empty();
    return true;
  }

  Effect perform(Machine& machine, Task& task) override {
    const auto socket = socket_.lock();
    if (socket == nullptr) return Effect::fails(EBADF);
    if (is_unconnected(*socket)) return Effect::passes(call_);  // EINVAL, ENOTCONN
    if (socket->packets().empty()) return nothing_there(machine, *socket);
    if (socket->stream() && message_.buffers.size() == 0) return Effect::returns(0);
    take(machine, task, *socket);
    if (!real_) {
      if (wants_more(*socket)) {
        // What has come so far stays, should a handler end the call.
        return message_.buffers.write(machine, task, bytes_) ? Effect::again()
                                                             : Effect::fails(EFAULT);
      }
      return Effect::returns(deliver(machine, task, 0));
    }
    const int kept = message_.flags & (MSG_PEEK | MSG_CMSG_CLOEXEC);
    const auto call = real_call(machine, task, MSG_DONTWAIT | kept);
    if (!call) return Effect::unmodelled(text(machine, task) + " into shared memory");
    return Effect::passes(*call);
  }

  std::int64_t finished(Machine& machine, Task& task, std::int64_t result) override {
    if (!real_) return result;
    give_memory_back(machine, task);
    if (result < 0) return result;
    int flags = 0;
    if (message_.header != 0) {
      const auto header = machine.peek_value<msghdr>(task, message_.header);
      flags = header->msg_flags & MSG_CTRUNC;
      for_each_control(machine, task, message_.control, header->msg_controllen,
                       [&](std::uint64_t at, const ControlHeader& one) {
                         note_control(machine, task, at, one);
                       });
    }
    release(machine, task);
    return deliver(machine, task, flags);
  }

 private:
  [[nodiscard]] static bool is_unconnected(const SocketDescription& socket) {
    return socket.type() != SOCK_DGRAM && socket.state() != SocketDescription::State::kConnected;
  }

  Effect nothing_there(Machine& machine, SocketDescription& socket) {
    if (socket.error() != 0) {
      socket.comes_after_end(machine);
      return Effect::returns(partly(-socket.take_error()));
    }
    if (socket.ended()) {
      socket.comes_after_end(machine);
      return Effect::returns(static_cast<std::int64_t>(moved_));
    }
    return waits(socket) ? Effect::again() : Effect::returns(partly(-EAGAIN));
  }

  /// Takes from the queue what this call gets, into bytes_.
  void take(Machine& machine, Task& task, SocketDescription& socket) {
    const std::size_t before = bytes_.size();
    std::uint64_t most = message_.buffers.size() - before;
    if (std::exchange(short_, false)) {
      const auto available = static_cast<std::uint64_t>(socket.available(machine));
      most = std::max<std::uint64_t>(1, std::min(most, available) / 2);
    }
    most = std::min<std::uint64_t>(most, socket.stream() ? kMostAtOnce : most);
    const bool peeks = (message_.flags & MSG_PEEK) != 0;
    std::size_t index = 0;
    while (index < socket.packets().size()) {
      SocketPacket& packet = socket.packets()[index];
      // What came with ancillary data is not glued to what came before it.
      if (packet.real && index + gone_ > 0) break;
      machine.comes_after(packet.sent_by);
      address_ = packet.sender_address;
      sender_number_ = packet.sender_number;
      const std::size_t left = packet.bytes.size() - packet.begin;
      const std::size_t size = std::min<std::uint64_t>(left, before + most - bytes_.size());
      const auto from = packet.bytes.begin() + static_cast<std::ptrdiff_t>(packet.begin);
      bytes_.insert(bytes_.end(), from, from + static_cast<std::ptrdiff_t>(size));
      real_ = packet.real;
      if (real_) rights_ = packet.rights;
      packet_size_ = left;
      const bool whole = size == left || !socket.stream();
      if (peeks) {
        ++index;
      } else {
        packet.begin += size;
        packet.real = false;
        if (real_) packet.rights.clear();
        if (whole) {
          socket.pop(machine, task.id);
          ++gone_;
        }
      }
      if (!socket.stream() || !whole || real_ || bytes_.size() == before + most) break;
    }
    moved_ = bytes_.size();
  }

  /// recv(2), MSG_WAITALL: until the buffer is full, or something ends it.
  [[nodiscard]] bool wants_more(const SocketDescription& socket) const {
    return (message_.flags & MSG_WAITALL) != 0 && (message_.flags & MSG_PEEK) == 0 &&
           socket.stream() && waits(socket) && moved_ < message_.buffers.size() &&
           !socket.ended() && socket.error() == 0;
  }

  void note_control(Machine& machine, Task& task, std::uint64_t at, const ControlHeader& header) {
    if (header.level != SOL_SOCKET) return;
    if (header.type == SCM_CREDENTIALS) {
      machine.poke_value(task, at, sender_number_);
      return;
    }
    if (header.type != SCM_RIGHTS) return;
    const std::size_t count = (header.size - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < std::min(count, rights_.size()); ++i) {
      const auto number = machine.peek_value<int>(task, at + i * sizeof(int));
      if (!number) continue;
      machine.descriptors(task).put(*number, rights_[i], (message_.flags & MSG_CMSG_CLOEXEC) != 0);
      extra_ += fmt::format(", getting descriptor {}", *number);
    }
  }
  /// Descriptors that did not fit are closed.
  void release(Machine& machine, const Task& task) {
    for (auto& one : rights_) {
      const auto held = std::move(one);
      if (held.use_count() == 1) held->closed(machine, task.id, true);
    }
    rights_.clear();
  }

  /// Into the program's memory; the call's result.
  std::int64_t deliver(Machine& machine, Task& task, int flags) {
    if (!message_.buffers.write(machine, task, bytes_)) return -EFAULT;
    const auto socket = socket_.lock();
    const bool packets = socket != nullptr && !socket->stream();
    if (packets && packet_size_ > bytes_.size()) flags |= MSG_TRUNC;
    if (socket != nullptr && socket->type() == SOCK_SEQPACKET) flags |= MSG_EOR;
    write_name(machine, task);
    if (message_.header != 0) {
      if (!real_) {
        machine.write_value(task, message_.header + offsetof(msghdr, msg_controllen),
                            std::size_t{0});
      }
      machine.write_value(task, message_.header + offsetof(msghdr, msg_flags), flags);
    }
    if (packets && (message_.flags & MSG_TRUNC) != 0) {
      return static_cast<std::int64_t>(packet_size_);
    }
    return static_cast<std::int64_t>(moved_);
  }

  void write_name(Machine& machine, Task& task) {
    if (message_.name == 0 || message_.name_size_address == 0) return;
    const std::size_t size = std::min<std::uint64_t>(message_.name_size, address_.size());
    machine.write(task, message_.name, std::as_bytes(std::span(address_)).first(size));
    machine.write_value(task, message_.name_size_address, static_cast<socklen_t>(address_.size()));
  }

  std::vector<std::byte> bytes_;
  bool real_ = false;
  std::size_t gone_ = 0;         ///< packets that were taken whole
  std::size_t packet_size_ = 0;  ///< of the last one: what was left of it
  std::string address_;
  int sender_number_ = 0;
  std::vector<std::shared_ptr<Description>> rights_;
};

}  // namespace

std::unique_ptr<Operation> make_receive(Machine& machine, Task& task, const Call& call,
                                        Message message,
                                        const std::shared_ptr<SocketDescription>& socket) {
  return std::make_unique<Receive>(machine, task, call, std::move(message), socket);
}

}  // namespace ipcgrade
