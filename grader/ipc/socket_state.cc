// What a socket is and what is under way to it. The calls are in socket.cc and socket_message.cc.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>
#include <bit>
#include <map>
#include <utility>

#include "ipc/descriptor.h"
#include "ipc/socket.h"
#include "ipc/users.h"
#include "ipc/words.h"
#include "sandbox/describe.h"

namespace ipcgrade {

namespace {

struct SocketCount {
  int made = 0;
};

/// Of a run: the abstract names.
struct AbstractNames {
  struct Entry {
    ObjectId object = kNoObject;
    std::weak_ptr<SocketDescription> socket;
  };
  std::map<std::string, Entry> entries;
};

// How the kernel counts memory of a packet (SKB_TRUESIZE): measured, and read in skbuff.h.
constexpr std::size_t kPage = 4096;
constexpr std::size_t kPacketHead = 256;  ///< struct sk_buff
constexpr std::size_t kSharedInfo = 320;  ///< struct skb_shared_info, behind the data
constexpr std::size_t kMostLinear = kPage - kSharedInfo;
constexpr std::size_t kLeastBlock = 512;

[[nodiscard]] std::size_t in_pages(std::size_t size) { return (size + kPage - 1) / kPage * kPage; }

/// Of `size` bytes that lie in one block.
[[nodiscard]] std::size_t linear_charge(std::size_t size) {
  constexpr std::size_t kLargestBlock = 16384;
  const std::size_t block = size + kSharedInfo;
  return kPacketHead +
         (block <= kLargestBlock ? std::max(kLeastBlock, std::bit_ceil(block)) : in_pages(block));
}

}  // namespace

SocketDescription::SocketDescription(ObjectId object, std::string name, int type, int flags)
    : Description(O_RDWR | flags), object_(object), name_(std::move(name)), type_(type) {}

void SocketDescription::bind(ObjectId object, std::string address, std::shared_ptr<FileNode> node) {
  object_ = object;
  address_ = std::move(address);
  node_ = std::move(node);
}

void SocketDescription::listen(Machine& machine, int backlog) {
  state_ = State::kListening;
  backlog_ = static_cast<std::size_t>(std::max(backlog, 0));
  machine.hand_over(listening_);
}

void SocketDescription::connect(Machine& machine, const std::shared_ptr<SocketDescription>& to) {
  if (type_ == SOCK_DGRAM) {
    peer_ = to;
    state_ = State::kConnected;
    return;
  }
  machine.comes_after(to->listening_);
  auto other = make_socket(machine, type_, 0);
  other->address_ = to->address_;
  other->owner_number = to->owner_number;
  other->connected_by_ = machine.event_id();
  connect_pair(other);
  to->waiting_.push_back(std::move(other));
  ++to->times_readable_;
}

void SocketDescription::connect_pair(const std::shared_ptr<SocketDescription>& other) {
  peer_ = other;
  other->peer_ = weak_from_this();
  state_ = other->state_ = State::kConnected;
  peer_number = other->owner_number;
  other->peer_number = owner_number;
  ++times_writable_;
}

std::shared_ptr<SocketDescription> SocketDescription::accept(Machine& machine) {
  auto accepted = std::move(waiting_.front());
  waiting_.pop_front();
  machine.comes_after(accepted->connected_by_);
  return accepted;
}

void SocketDescription::end_for_peer(Machine& machine, bool reset) {
  const auto other = peer();
  if (other == nullptr || type_ == SOCK_DGRAM) return;
  other->shut_read_ = other->shut_write_ = true;
  if (reset) other->error_ = ECONNRESET;
  ++other->times_readable_;
  ++other->times_writable_;
  machine.hand_over(other->ended_by_);
}

void SocketDescription::shut_down(Machine& machine, int how) {
  const auto other = type_ == SOCK_DGRAM ? nullptr : peer();
  if (how != SHUT_WR) {
    shut_read_ = true;
    ++times_readable_;
    machine.hand_over(ended_by_);
    if (other != nullptr) {
      other->shut_write_ = true;
      ++other->times_writable_;
      machine.hand_over(other->ended_by_);
    }
  }
  if (how != SHUT_RD) {
    shut_write_ = true;
    if (other != nullptr) {
      other->shut_read_ = true;
      ++other->times_readable_;
      machine.hand_over(other->ended_by_);
    }
  }
}

bool SocketDescription::can_send_to(const SocketDescription& to) const {
  return !shut_write_ && to.type_ == type_ && (type_ != SOCK_DGRAM || !to.shut_read_);
}

bool SocketDescription::queue_full(const SocketDescription& sender) const {
  // /proc/sys/net/unix/max_dgram_qlen; not between two that are each other's peers.
  constexpr std::size_t kMost = 10;
  return peer().get() != &sender && packets_.size() > kMost;
}

void SocketDescription::put(Machine& machine, SocketDescription& sender, SocketPacket packet) {
  if (sender.charged_ever_ >= sender.send_buffer_) machine.comes_after(sender.freed_by_);
  packet.sent_by = machine.event_id();
  packet.charge = charge_of(packet.bytes.size());
  sender.charged_ += packet.charge;
  sender.charged_ever_ += packet.charge;
  packet.sender = sender.weak_from_this();
  packet.sender_address = sender.address_;
  packets_.push_back(std::move(packet));
  ++times_readable_;
}

void SocketDescription::pop(Machine& machine, TaskId task) {
  SocketPacket packet = std::move(packets_.front());
  packets_.pop_front();
  if (const auto sender = packet.sender.lock()) {
    sender->charged_ -= packet.charge;
    machine.hand_over(sender->freed_by_);
    if (sender->writable()) ++sender->times_writable_;
  }
  // Descriptors that nobody received are closed with their message.
  for (auto& one : packet.rights) {
    const auto held = std::move(one);
    if (held.use_count() == 1) held->closed(machine, task, true);
  }
}

std::size_t SocketDescription::piece() const {
  // unix_stream_sendmsg: half the buffer at most, and what one allocation can be.
  constexpr std::size_t kMost = kMostLinear + 32768;
  return std::min(kMost, send_buffer_ / 2 - 64);
}

std::size_t SocketDescription::charge_of(std::size_t size) const {
  if (type_ != SOCK_STREAM || size <= kMostLinear) return linear_charge(size);
  const std::size_t paged = std::min(size, in_pages(size - kMostLinear));
  return linear_charge(size - paged) + in_pages(paged);
}

void SocketDescription::set_send_buffer(int size) {
  // socket(7): doubled; at most wmem_max, at least what the kernel needs.
  constexpr int kMost = 212992;
  constexpr std::size_t kLeast = 4608;
  send_buffer_ = std::max(kLeast, static_cast<std::size_t>(std::clamp(size, 0, kMost)) * 2);
}

short SocketDescription::ready(const Machine&) const {
  if (state_ == State::kListening) return waiting_.empty() ? 0 : POLLIN | POLLRDNORM;
  int events = 0;
  if (!packets_.empty() || shut_read_) events |= POLLIN | POLLRDNORM;
  if (shut_read_) events |= POLLRDHUP;
  if (shut_read_ && shut_write_) events |= POLLHUP;
  if (error_ != 0) events |= POLLERR;
  if (type_ != SOCK_DGRAM && state_ == State::kFresh) events |= POLLHUP;
  if (writable()) {
    const auto other = peer();
    const bool full = type_ == SOCK_DGRAM && other != nullptr && other->queue_full(*this);
    if (!full) events |= POLLOUT | POLLWRNORM;
  }
  return static_cast<short>(events);
}

std::vector<Touch> SocketDescription::touches(Direction direction) const {
  const Touch takes{object_, kTakes, kTakes | kPuts | kEnds | kLooks};
  if (direction == Direction::kIn) return {takes};
  const auto other = peer();
  // Where there is none: it fails, unless somebody connects it meanwhile.
  if (other == nullptr) return {{object_, kPuts, kEnds | kNames}};
  std::vector<Touch> found{{other->object_, kPuts, kTakes | kPuts | kGoes | kLooks}};
  // What it sends counts against its own buffer, and its own end can be shut.
  found.push_back({object_, kSends, kEnds | kGoes});
  return found;
}

std::vector<Touch> SocketDescription::looks() const {
  constexpr std::uint16_t kAll = kPuts | kTakes | kEnds | kGoes | kNames;
  std::vector<Touch> found{{object_, kLooks, kAll}};
  if (const auto other = peer()) found.push_back({other->object_, kLooks, kAll});
  return found;
}

std::vector<Touch> SocketDescription::closing() const {
  std::vector<Touch> found{{object_, kGoes, kPuts | kLooks}};
  if (!address_.empty()) {
    found.push_back({object_, FileName::kChanges | kNames,
                     FileName::kChanges | FileName::kLooksUp | kNames | kPuts});
  }
  if (const auto other = peer(); other != nullptr && type_ != SOCK_DGRAM) {
    found.push_back({other->object_, kEnds, kTakes | kPuts | kLooks});
  }
  for (const auto& one : waiting_) {
    if (const auto client = one->peer()) {
      found.push_back({client->object_, kEnds, kTakes | kPuts | kLooks});
    }
  }
  return found;
}

std::int64_t SocketDescription::available(const Machine&) const {
  std::size_t size = 0;
  for (const SocketPacket& packet : packets_) {
    size += packet.bytes.size() - packet.begin;
    if (!stream()) break;
  }
  return static_cast<std::int64_t>(size);
}

void SocketDescription::closed(Machine& machine, TaskId task, bool last) {
  if (!last) {
    if (const auto other = peer()) machine.hand_over(other->ended_by_);
    return;
  }
  end_for_peer(machine, !packets_.empty());
  for (const auto& one : waiting_) one->end_for_peer(machine, true);
  waiting_.clear();
  while (!packets_.empty()) pop(machine, task);
}

void SocketDescription::seen(Machine& machine, short events) {
  if ((events & POLLIN) != 0) {
    if (!waiting_.empty()) machine.comes_after(waiting_.front()->connected_by_);
    if (!packets_.empty()) machine.comes_after(packets_.front().sent_by);
  }
  if ((events & (POLLHUP | POLLRDHUP | POLLERR)) != 0) comes_after_end(machine);
}

std::string SocketDescription::why_waiting(const Machine& machine, const Task& task,
                                           Direction direction) const {
  if (state_ == State::kListening) return "to which nobody connects";
  const auto other = peer();
  if (other == nullptr) return direction == Direction::kIn ? "to which nobody sends" : "";
  const auto holders = machine.holders(*other);
  const std::string full = direction == Direction::kIn ? "" : "where no more fits, and ";
  if (holders.empty()) return full + "whose other side nobody has accepted";
  return full + "whose other side is held by " + holder_words(machine, task, holders);
}

std::vector<TaskId> SocketDescription::suppliers(const Machine& machine, const Task& task,
                                                 Direction) const {
  if (const auto other = peer()) {
    const auto holders = machine.holders(*other);
    if (!holders.empty()) return other_tasks(machine, task, holders);
  }
  // Anybody could connect, send or accept.
  return all_others(machine, task);
}

std::shared_ptr<SocketDescription> make_socket(Machine& machine, int type, int flags) {
  std::string name = fmt::format("socket {}", ++machine.state<SocketCount>().made);
  const ObjectId object = machine.make<Object>(ObjectKind::kSocket, name).id();
  return std::make_shared<SocketDescription>(object, std::move(name), type, flags);
}

std::optional<SocketName> socket_name(Machine& machine, const Task& task, std::uint64_t address,
                                      std::size_t size) {
  constexpr std::size_t kPathAt = offsetof(sockaddr_un, sun_path);
  if (size <= kPathAt || size > sizeof(sockaddr_un)) return std::nullopt;
  SocketName name;
  name.address.resize(size);
  if (!machine.peek(task, address, std::as_writable_bytes(std::span(name.address)))) {
    return std::nullopt;
  }
  sa_family_t family = 0;
  std::copy_n(name.address.data(), sizeof family, reinterpret_cast<char*>(&family));
  if (family != AF_UNIX) return std::nullopt;
  const std::string path = name.address.substr(kPathAt);
  if (path.front() == '\0') {
    name.key = path;
    name.text = sandbox::quoted("@" + path.substr(1));
    auto& entry = machine.state<AbstractNames>().entries[path];
    if (entry.object == kNoObject) {
      entry.object = machine.make<Object>(ObjectKind::kName, "the address @" + path.substr(1)).id();
    }
    name.object = entry.object;
    return name;
  }
  const std::string given(path.c_str());
  name.text = sandbox::quoted(given);
  auto& names = machine.state<FileNames>();
  name.file = names.find(machine, names.resolve(machine, task, AT_FDCWD, given, true));
  if (name.file == nullptr) return std::nullopt;
  name.object = name.file->id();
  return name;
}

std::shared_ptr<SocketDescription> bound_to(Machine& machine, const SocketName& name) {
  if (name.file != nullptr) {
    if (name.file->node == nullptr) return nullptr;
    return std::dynamic_pointer_cast<SocketDescription>(name.file->node->socket.lock());
  }
  return machine.state<AbstractNames>().entries[name.key].socket.lock();
}

void bind_abstract(Machine& machine, const SocketName& name,
                   const std::shared_ptr<SocketDescription>& socket) {
  machine.state<AbstractNames>().entries[name.key].socket = socket;
}

}  // namespace ipcgrade
