// What sending and receiving have in common: socket_send.cc, socket_receive.cc.
//
// Descriptors in flight (SCM_RIGHTS) have to arrive for real. So a message with ancillary data, or
// to a socket that wants credentials, sends one byte of itself through the real sockets as well,
// with the program's own ancillary data; whoever takes it from the model takes that byte from the
// real socket, and the kernel puts descriptors into its table. The byte's place is lent by the
// msghdr itself: the call's memory is changed for it and changed back, which no other task can see,
// since none runs meanwhile.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ipc/buffers.h"
#include "ipc/operation.h"
#include "ipc/socket.h"

namespace ipcgrade {

/// What a call asks for, whichever it is.
struct Message {
  const char* call_name = "";
  bool out = false;
  Buffers buffers;
  int flags = 0;
  std::uint64_t header = 0;  ///< of a struct msghdr; 0: none
  std::uint64_t name = 0;    ///< where a sockaddr is or goes
  std::uint64_t name_size = 0;
  std::uint64_t name_size_address = 0;  ///< where its size goes
  std::uint64_t control = 0, control_size = 0;
};

/// struct cmsghdr without its flexible end.
struct ControlHeader {
  std::size_t size = 0;
  int level = 0;
  int type = 0;
};

/// The control messages in a buffer, by their place: calls `each(address of the data, header)`.
template <typename Each>
void for_each_control(const Machine& machine, const Task& task, std::uint64_t control,
                      std::uint64_t size, Each each) {
  std::uint64_t at = 0;
  while (at + sizeof(ControlHeader) <= size) {
    const auto header = machine.peek_value<ControlHeader>(task, control + at);
    if (!header || header->size < sizeof(ControlHeader) || at + header->size > size) return;
    each(control + at + CMSG_LEN(0), *header);
    at += CMSG_ALIGN(header->size);
  }
}

class MessageOperation : public Operation {
 public:
  MessageOperation(Machine& machine, Task& task, const Call& call, Message message,
                   const std::shared_ptr<SocketDescription>& socket);

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }
  [[nodiscard]] std::string text(const Machine& machine, const Task& task) const override;
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override;
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override;
  [[nodiscard]] Interruption interruption() const override {
    return deadline_ ? Interruption::kFails : Interruption::kRestarts;
  }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override { return deadline_; }
  std::int64_t timed_out(Machine&, Task&) override { return partly(-EAGAIN); }
  std::int64_t interrupted(Machine&, Task&) override { return partly(-EINTR); }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override;
  void shorten() override { short_ = true; }

 protected:
  [[nodiscard]] bool waits(const SocketDescription& socket) const;
  [[nodiscard]] std::int64_t partly(std::int64_t error) const {
    return moved_ > 0 ? static_cast<std::int64_t>(moved_) : error;
  }

  /// The call for one byte through the real socket; nothing where the memory can't be lent.
  std::optional<Call> real_call(Machine& machine, Task& task, int flags);
  void give_memory_back(Machine& machine, Task& task);

  Call call_;
  int number_;
  Message message_;
  std::weak_ptr<SocketDescription> socket_;
  std::string name_;
  std::string extra_;  ///< ", with descriptor 4"
  std::vector<Touch> touches_;
  std::optional<VirtualTime> deadline_;
  std::uint64_t moved_ = 0;
  bool short_ = false;

 private:
  std::uint64_t vector_ = 0;
  std::optional<struct iovec> saved_vector_;
  std::optional<msghdr> saved_header_;
};

[[nodiscard]] std::unique_ptr<Operation> make_send(
    Machine& machine, Task& task, const Call& call, Message message,
    const std::shared_ptr<SocketDescription>& socket);
[[nodiscard]] std::unique_ptr<Operation> make_receive(
    Machine& machine, Task& task, const Call& call, Message message,
    const std::shared_ptr<SocketDescription>& socket);

}  // namespace ipcgrade
