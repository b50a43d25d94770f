// Sending to a socket.
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/descriptor.h"
#include "ipc/signal.h"
#include "ipc/socket_message.h"
#include "ipc/words.h"

namespace ipcgrade {

namespace {

using Rights = std::vector<std::shared_ptr<Description>>;

class Send : public MessageOperation {
 public:
  Send(Machine& machine, Task& task, const Call& call, Message message,
       const std::shared_ptr<SocketDescription>& socket)
      : MessageOperation(machine, task, call, std::move(message), socket),
        count_(message_.buffers.size()) {
    for_each_control(machine, task, message_.control, message_.control_size,
                     [&](std::uint64_t at, const ControlHeader& header) {
                       note_control(machine, task, at, header);
                     });
    if (!rights_.empty()) extra_ = fmt::format(", with descriptor {}", fmt::join(rights_, " and "));
    if (message_.name != 0 && !socket->stream()) {
      destination_ = socket_name(machine, task, message_.name, message_.name_size);
    }
    if (destination_) {
      extra_ += ", to " + destination_->text;
      touches_.push_back({destination_->object, FileName::kLooksUp | SocketDescription::kPuts,
                          FileName::kChanges | SocketDescription::kNames |
                              SocketDescription::kTakes | SocketDescription::kPuts |
                              SocketDescription::kGoes | SocketDescription::kLooks});
    } else {
      append(touches_, socket->touches(Direction::kOut));
    }
  }

  [[nodiscard]] bool enabled(const Machine& machine, const Task&) const override {
    const auto socket = socket_.lock();
    if (socket == nullptr || !waits(*socket)) return true;
    const auto to = target(const_cast<Machine&>(machine), *socket);
    if (to == nullptr || !socket->can_send_to(*to)) return true;
    if (socket->type() == SOCK_DGRAM && to->queue_full(*socket)) return false;
    return socket->has_room();
  }

  Effect perform(Machine& machine, Task& task) override {
    const auto socket = socket_.lock();
    if (socket == nullptr) return Effect::fails(EBADF);
    const auto to = target(machine, *socket);
    if (socket->stream() && count_ == 0) return Effect::returns(0);
    if (to == nullptr || !socket->can_send_to(*to)) return refuse(machine, task, *socket);
    if (!socket->has_room() || (socket->type() == SOCK_DGRAM && to->queue_full(*socket))) {
      return waits(*socket) ? Effect::again() : Effect::returns(partly(-EAGAIN));
    }
    if (!descriptions(machine, task)) return Effect::fails(EBADF);
    if (moved_ > 0 || (!has_control_ && !to->passes_credentials)) {
      return put(machine, task, *socket, *to, false);
    }
    patch_credentials(machine, task, machine.process_of(task).real_number);
    const auto call = real_call(machine, task, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (!call) return Effect::unmodelled(text(machine, task) + " from shared memory");
    real_ = true;
    return Effect::passes(*call);
  }

  std::int64_t finished(Machine& machine, Task& task, std::int64_t result) override {
    // Refused: the kernel's word on why is the result.
    if (!real_) return result;
    give_memory_back(machine, task);
    patch_credentials(machine, task, given_number_);
    const auto socket = socket_.lock();
    if (result < 0 || socket == nullptr) return result;
    const auto to = target(machine, *socket);
    return to == nullptr ? result : put(machine, task, *socket, *to, true).value;
  }

 private:
  [[nodiscard]] std::shared_ptr<SocketDescription> target(Machine& machine,
                                                          const SocketDescription& socket) const {
    return destination_ ? bound_to(machine, *destination_) : socket.peer();
  }

  void note_control(const Machine& machine, const Task& task, std::uint64_t at,
                    const ControlHeader& header) {
    has_control_ = true;
    if (header.level != SOL_SOCKET) return;
    if (header.type == SCM_RIGHTS) {
      const std::size_t count = (header.size - CMSG_LEN(0)) / sizeof(int);
      for (std::size_t i = 0; i < count; ++i) {
        if (const auto number = machine.peek_value<int>(task, at + i * sizeof(int))) {
          rights_.push_back(*number);
        }
      }
    } else if (header.type == SCM_CREDENTIALS) {
      credentials_ = at;
      given_number_ = machine.peek_value<int>(task, at).value_or(0);
    }
  }
  /// The kernel compares the number with the real one.
  void patch_credentials(Machine& machine, Task& task, int number) const {
    if (credentials_ != 0 && given_number_ == machine.process_of(task).number) {
      machine.poke_value(task, credentials_, number);
    }
  }

  /// Nothing: one is not open.
  [[nodiscard]] std::optional<Rights> descriptions(Machine& machine, const Task& task) const {
    Rights found;
    for (const int number : rights_) {
      found.push_back(machine.descriptors(task).find(number));
      if (found.back() == nullptr) return std::nullopt;
    }
    return found;
  }

  Effect put(Machine& machine, Task& task, SocketDescription& socket, SocketDescription& to,
             bool real) {
    auto rights = descriptions(machine, task).value_or(Rights{});
    return socket.stream() ? put_stream(machine, task, socket, to, std::move(rights), real)
                           : put_packet(machine, task, socket, to, std::move(rights), real);
  }

  /// Nobody is there, or it was shut.
  Effect refuse(Machine& machine, Task& task, SocketDescription& socket) {
    if (socket.state() != SocketDescription::State::kConnected || destination_ ||
        socket.type() == SOCK_DGRAM) {
      const bool gone = socket.type() == SOCK_DGRAM && !destination_ &&
                        socket.state() == SocketDescription::State::kConnected;
      if (gone) return Effect::fails(ECONNREFUSED);
      // ENOENT, ECONNREFUSED, ENOTCONN…: the kernel knows which.
      return Effect::passes(call_);
    }
    socket.comes_after_end(machine);
    if ((message_.flags & MSG_NOSIGNAL) == 0) send_broken_pipe(machine, task);
    return Effect::returns(partly(-EPIPE));
  }

  Effect put_packet(Machine& machine, Task& task, SocketDescription& socket, SocketDescription& to,
                    Rights rights, bool real) {
    if (count_ > socket.send_buffer() - 32) return Effect::fails(EMSGSIZE);
    SocketPacket packet;
    packet.bytes.resize(count_);
    if (!message_.buffers.peek(machine, task, 0, packet.bytes)) return Effect::fails(EFAULT);
    message_.buffers.touch(machine, task, 0, count_, false);
    packet.rights = std::move(rights);
    packet.real = real;
    packet.sender_number = machine.process_of(task).number;
    to.put(machine, socket, std::move(packet));
    moved_ = count_;
    return Effect::returns(static_cast<std::int64_t>(count_));
  }

  Effect put_stream(Machine& machine, Task& task, SocketDescription& socket, SocketDescription& to,
                    Rights rights, bool real) {
    if (std::exchange(short_, false)) count_ = std::max<std::uint64_t>(1, count_ / 2);
    // One with descriptors goes whole: its bytes are few.
    while (moved_ < count_ && (socket.has_room() || real)) {
      SocketPacket packet;
      packet.bytes.resize(std::min(count_ - moved_, socket.piece()));
      if (!message_.buffers.peek(machine, task, moved_, packet.bytes)) {
        return Effect::returns(partly(-EFAULT));
      }
      message_.buffers.touch(machine, task, moved_, packet.bytes.size(), false);
      if (moved_ == 0) {
        packet.rights = std::exchange(rights, {});
        packet.real = real;
      }
      packet.sender_number = machine.process_of(task).number;
      moved_ += packet.bytes.size();
      to.put(machine, socket, std::move(packet));
    }
    if (moved_ < count_ && waits(socket)) return Effect::again();
    return Effect::returns(static_cast<std::int64_t>(moved_));
  }

  std::uint64_t count_;
  std::optional<SocketName> destination_;
  std::vector<int> rights_;
  bool has_control_ = false;
  std::uint64_t credentials_ = 0;  ///< the address of a ucred
  int given_number_ = 0;
  bool real_ = false;  ///< the kernel sends a byte of it, too
};

}  // namespace

std::unique_ptr<Operation> make_send(Machine& machine, Task& task, const Call& call,
                                     Message message,
                                     const std::shared_ptr<SocketDescription>& socket) {
  return std::make_unique<Send>(machine, task, call, std::move(message), socket);
}

}  // namespace ipcgrade
