// Local sockets: socketpair, and AF_UNIX sockets of all three types, by path or by abstract name.
// Source: unix(7); how much may be under way is the kernel's (net/unix/af_unix.c), since it decides
// when a sender has to wait.
//
// Real sockets are placeholders that follow the model: socket, bind, listen, connect and accept are
// done by the kernel, too, when the model says that they do not wait, so that names, errors and
// credentials are its own. Data stay in the model, but for messages that carry descriptors or
// credentials: of those one byte goes through the real sockets, in the same order, with the
// ancillary data, and so the descriptors really arrive (socket_message.cc).
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ipc/description.h"
#include "ipc/file.h"
#include "ipc/machine.h"
#include "ipc/object.h"

namespace ipcgrade {

class SocketDescription;

/// A part of what is under way to a socket: one packet, or one allocation of a stream.
struct SocketPacket {
  std::vector<std::byte> bytes;
  std::size_t begin = 0;  ///< of a stream: what lies before it has been read
  EventId sent_by = kNoEvent;
  std::size_t charge = 0;  ///< against the sender's buffer
  std::weak_ptr<SocketDescription> sender;
  std::string sender_address;  ///< a sockaddr, as recvfrom tells it
  int sender_number = 0;       ///< the process
  std::vector<std::shared_ptr<Description>> rights;
  bool real = false;  ///< a byte of it is in the real socket, with ancillary data
};

class SocketDescription : public Description,
                          public std::enable_shared_from_this<SocketDescription> {
 public:
  // What operations do. Beyond the bits of FileName, which is the object of a bound path.
  static constexpr std::uint16_t kPuts = 1 << 8;
  static constexpr std::uint16_t kTakes = 1 << 9;
  static constexpr std::uint16_t kEnds = 1 << 10;  ///< what can be read, by the other side
  static constexpr std::uint16_t kGoes = 1 << 11;  ///< nobody reads any more
  static constexpr std::uint16_t kLooks = 1 << 12;
  static constexpr std::uint16_t kNames = 1 << 13;  ///< bind, listen
  static constexpr std::uint16_t kSends = 1 << 14;  ///< from it, to wherever

  enum class State : std::uint8_t { kFresh, kListening, kConnected };

  SocketDescription(ObjectId object, std::string name, int type, int flags);

  [[nodiscard]] int type() const { return type_; }
  [[nodiscard]] bool stream() const { return type_ == SOCK_STREAM; }
  [[nodiscard]] State state() const { return state_; }
  /// The object that stands for it: the bound name's, where it has one.
  [[nodiscard]] ObjectId object() const { return object_; }

  // Names.
  void bind(ObjectId object, std::string address, std::shared_ptr<FileNode> node);
  [[nodiscard]] const std::string& address() const { return address_; }

  // Connections.
  void listen(Machine& machine, int backlog);
  [[nodiscard]] bool backlog_full() const { return waiting_.size() > backlog_; }
  [[nodiscard]] bool has_waiting() const { return !waiting_.empty(); }
  /// A client has connected: its other side waits to be accepted. Of datagrams: a default peer.
  void connect(Machine& machine, const std::shared_ptr<SocketDescription>& to);
  void connect_pair(const std::shared_ptr<SocketDescription>& other);
  /// The connection that waits longest; the current event comes after its connect.
  std::shared_ptr<SocketDescription> accept(Machine& machine);
  [[nodiscard]] std::shared_ptr<SocketDescription> peer() const { return peer_.lock(); }
  void disconnect() { peer_.reset(); }
  void shut_down(Machine& machine, int how);

  // Transfers.
  /// Neither side has shut it. Datagrams go to whoever is there.
  [[nodiscard]] bool can_send_to(const SocketDescription& to) const;
  [[nodiscard]] bool has_room() const { return charged_ < send_buffer_; }
  [[nodiscard]] bool ended() const { return shut_read_; }
  [[nodiscard]] std::deque<SocketPacket>& packets() { return packets_; }
  [[nodiscard]] const std::deque<SocketPacket>& packets() const { return packets_; }
  /// Whether a datagram from `sender` has to wait for this one to read.
  [[nodiscard]] bool queue_full(const SocketDescription& sender) const;
  /// Puts a packet into this socket's queue, charged to the sender.
  void put(Machine& machine, SocketDescription& sender, SocketPacket packet);
  /// The first packet has been read.
  void pop(Machine& machine, TaskId task);
  /// The largest piece that a stream is sent in, and what one counts for.
  [[nodiscard]] std::size_t piece() const;
  [[nodiscard]] std::size_t charge_of(std::size_t size) const;
  [[nodiscard]] std::size_t send_buffer() const { return send_buffer_; }
  [[nodiscard]] int take_error() { return std::exchange(error_, 0); }
  [[nodiscard]] int error() const { return error_; }
  /// After those that closed or shut the other side.
  void comes_after_end(Machine& machine) const { machine.comes_after(ended_by_); }

  // Options.
  std::optional<VirtualTime> receive_timeout, send_timeout;
  bool passes_credentials = false;
  bool netlink = false;  ///< a netlink socket, by which mq_notify(3) of the C library is told
  int owner_number = 0;  ///< the process that connected it, made the pair or listens
  int peer_number = 0;   ///< the same of the other side: SO_PEERCRED
  void set_send_buffer(int size);

  // Description.
  [[nodiscard]] short ready(const Machine&) const override;
  [[nodiscard]] std::vector<Touch> touches(Direction direction) const override;
  [[nodiscard]] std::vector<Touch> looks() const override;
  [[nodiscard]] std::vector<Touch> closing() const override;
  [[nodiscard]] std::int64_t available(const Machine&) const override;
  void closed(Machine& machine, TaskId task, bool last) override;
  void seen(Machine& machine, short events) override;
  [[nodiscard]] std::optional<std::uint64_t> wakes(Direction direction) const override {
    return direction == Direction::kIn ? times_readable_ : times_writable_;
  }
  [[nodiscard]] std::string name(const Machine&) const override { return name_; }
  [[nodiscard]] std::string why_waiting(const Machine& machine, const Task& task,
                                        Direction direction) const override;
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine, const Task& task,
                                              Direction direction) const override;

 private:
  void end_for_peer(Machine& machine, bool reset);
  [[nodiscard]] bool writable() const { return charged_ * 4 <= send_buffer_; }

  ObjectId object_;
  std::string name_;
  int type_;
  State state_ = State::kFresh;
  std::string address_;
  std::shared_ptr<FileNode> node_;
  std::weak_ptr<SocketDescription> peer_;
  std::deque<std::shared_ptr<SocketDescription>> waiting_;  ///< to be accepted
  std::size_t backlog_ = 0;
  std::deque<SocketPacket> packets_;
  std::size_t send_buffer_ = 212992;  ///< /proc/sys/net/core/wmem_default
  std::size_t charged_ = 0, charged_ever_ = 0;
  bool shut_read_ = false, shut_write_ = false;
  int error_ = 0;
  EventId connected_by_ = kNoEvent;
  HandOver ended_by_, freed_by_, listening_;
  std::uint64_t times_readable_ = 0, times_writable_ = 0;
};

/// "socket 2": the next number of the run.
[[nodiscard]] std::shared_ptr<SocketDescription> make_socket(Machine& machine, int type, int flags);

/// What a sockaddr names: an object to touch, and who is bound there now.
struct SocketName {
  ObjectId object = kNoObject;
  std::string key;           ///< an abstract name; empty for a path
  FileName* file = nullptr;  ///< a path
  std::string text;          ///< "\"/tmp/socket\"", "\"@lab\""
  std::string address;       ///< the sockaddr itself
};
[[nodiscard]] std::optional<SocketName> socket_name(Machine& machine, const Task& task,
                                                    std::uint64_t address, std::size_t size);
[[nodiscard]] std::shared_ptr<SocketDescription> bound_to(Machine& machine, const SocketName& name);
void bind_abstract(Machine& machine, const SocketName& name,
                   const std::shared_ptr<SocketDescription>& socket);

/// Sends and receives, by whatever call (socket_message.cc).
[[nodiscard]] std::unique_ptr<Operation> decode_socket_message(
    Machine& machine, Task& task, const Call& call,
    const std::shared_ptr<SocketDescription>& socket);

}  // namespace ipcgrade
