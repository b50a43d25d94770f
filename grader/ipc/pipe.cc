#include "ipc/pipe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "ipc/descriptor.h"
#include "ipc/machine.h"
#include "ipc/mechanisms.h"
#include "ipc/passed_operation.h"
#include "ipc/words.h"

namespace ipcgrade {

std::int64_t Pipe::take(Machine& machine, std::span<std::byte> into) {
  if (slots_.empty()) {
    if (writers_ > 0) return -EAGAIN;
    machine.comes_after(writers_closed_);
    return 0;
  }
  std::size_t taken = 0;
  while (taken < into.size() && !slots_.empty()) {
    Slot& slot = slots_.front();
    const std::size_t size = std::min(into.size() - taken, slot.bytes.size() - slot.begin);
    std::memcpy(into.data() + taken, slot.bytes.data() + slot.begin, size);
    std::size_t begin = 0;
    for (const Part& part : slot.parts) {
      if (part.end > slot.begin && begin < slot.begin + size) machine.comes_after(part.written_by);
      begin = part.end;
    }
    slot.begin += size;
    taken += size;
    // What a packet has beyond the buffer is lost: pipe2(2), O_DIRECT.
    if (slot.begin < slot.bytes.size() && !slot.packet) break;
    const bool packet = slot.packet;
    if (full()) ++times_writable_;
    slots_.pop_front();
    freed_by_.push_back(machine.event_id());
    if (packet) break;
  }
  return static_cast<std::int64_t>(taken);
}

bool Pipe::merges(std::size_t size) const {
  const std::size_t rest = size % kPage;
  return rest > 0 && !slots_.empty() && !slots_.back().packet &&
         slots_.back().bytes.size() + rest <= kPage;
}

std::size_t Pipe::room(std::size_t size) const {
  const std::size_t pages = full() ? 0 : (most_slots_ - slots_.size()) * kPage;
  return std::min(size, (merges(size) ? size % kPage : 0) + pages);
}

void Pipe::take_slot(Machine& machine) {
  // That there is room is known from the beginning, or from the reads that made it.
  if (freed_by_.size() > most_slots_ - slots_.size() - 1) {
    machine.comes_after(freed_by_.front());
    freed_by_.pop_front();
  }
}

std::int64_t Pipe::put(Machine& machine, std::span<const std::byte> bytes, bool packet) {
  if (bytes.empty()) return 0;
  if (readers_ == 0) {
    machine.comes_after(readers_closed_);
    return -EPIPE;
  }
  // Up to PIPE_BUF bytes: all or nothing.
  const std::size_t size = room(bytes.size());
  if (size == 0 || (bytes.size() <= kPage && size < bytes.size())) return -EAGAIN;
  const bool whole = bytes.size() <= kPage;
  std::size_t done = 0;
  if (!packet && merges(bytes.size())) {
    Slot& last = slots_.back();
    done = bytes.size() % kPage;
    last.bytes.insert(last.bytes.end(), bytes.begin(),
                      bytes.begin() + static_cast<std::ptrdiff_t>(done));
    last.parts.push_back({machine.event_id(), last.bytes.size(), whole});
  }
  while (done < bytes.size() && !full()) {
    take_slot(machine);
    const auto part = bytes.subspan(done, std::min(kPage, bytes.size() - done));
    slots_.push_back(
        {{part.begin(), part.end()}, 0, {{machine.event_id(), part.size(), whole}}, packet});
    done += part.size();
  }
  ++times_readable_;
  return static_cast<std::int64_t>(done);
}

std::size_t Pipe::available() const {
  std::size_t size = 0;
  for (const Slot& slot : slots_) size += slot.bytes.size() - slot.begin;
  return size;
}

Cut Pipe::cut_of_read(std::size_t size) const {
  if (slots_.empty()) return Cut::kMay;
  const Slot& slot = slots_.front();
  if (slot.packet) return Cut::kNever;
  const std::size_t end = slot.begin + std::min(size, available());
  const auto part =
      std::ranges::find_if(slot.parts, [&](const Part& one) { return one.end > slot.begin; });
  return part->whole && end <= part->end ? Cut::kOfWhole : Cut::kMay;
}

std::int64_t Pipe::set_capacity(std::size_t size) {
  // /proc/sys/fs/pipe-max-size, as it is unless somebody changed it.
  constexpr std::size_t kMost = 1 << 20;
  if (size > (std::size_t{1} << 31)) return -EINVAL;
  const std::size_t slots = std::bit_ceil(std::max(size, kPage)) / kPage;
  if (slots * kPage > kMost && slots > most_slots_) return -EPERM;
  if (slots < slots_.size()) return -EBUSY;
  if (full() && slots > most_slots_) ++times_writable_;
  freed_by_.clear();
  most_slots_ = slots;
  return static_cast<std::int64_t>(capacity());
}

void Pipe::add_end(PipeEnd* end, bool reads, bool writes) {
  if (end != nullptr) ends_.push_back(end);
  readers_ += reads ? 1 : 0;
  writers_ += writes ? 1 : 0;
  readers_ever_ += reads ? 1 : 0;
  writers_ever_ += writes ? 1 : 0;
}

void Pipe::closing(Machine& machine, bool reads, bool writes) {
  if (reads) machine.hand_over(readers_closed_);
  if (writes) machine.hand_over(writers_closed_);
}

void Pipe::remove_end(PipeEnd* end, bool reads, bool writes) {
  std::erase(ends_, end);
  readers_ -= reads ? 1 : 0;
  writers_ -= writes ? 1 : 0;
  if (writes && writers_ == 0) ++times_readable_;
  if (reads && readers_ == 0) ++times_writable_;
  if (readers_ == 0 && writers_ == 0) {
    // A FIFO forgets what was not read: fifo(7). The next to open it begin anew.
    slots_.clear();
    freed_by_.clear();
    most_slots_ = kUsualSlots;
    readers_closed_.clear();
    writers_closed_.clear();
  }
}

std::vector<std::pair<TaskId, int>> Pipe::holders(const Machine& machine,
                                                  Direction direction) const {
  std::vector<std::pair<TaskId, int>> found;
  for (const PipeEnd* end : ends_) {
    if (direction == Direction::kIn ? !end->reads() : !end->writes()) continue;
    const auto some = machine.holders(*end);
    found.insert(found.end(), some.begin(), some.end());
  }
  std::ranges::sort(found);
  return found;
}

void Pipe::seen(Machine& machine, short events) {
  if ((events & POLLIN) != 0 && !slots_.empty()) {
    const Slot& slot = slots_.front();
    const auto part =
        std::ranges::find_if(slot.parts, [&](const Part& one) { return one.end > slot.begin; });
    machine.comes_after(part->written_by);
  }
  if ((events & POLLHUP) != 0) machine.comes_after(writers_closed_);
  if ((events & POLLERR) != 0) machine.comes_after(readers_closed_);
  if ((events & POLLOUT) != 0 && !full() && freed_by_.size() > most_slots_ - slots_.size() - 1) {
    machine.comes_after(freed_by_.front());
  }
}

void Pipe::comes_after_openers(Machine& machine, bool readers) const {
  machine.comes_after(readers ? readers_opened_ : writers_opened_);
}

void Pipe::note_opener(Machine& machine, bool reader) {
  machine.hand_over(reader ? readers_opened_ : writers_opened_);
}

PipeEnd::PipeEnd(Pipe& pipe, int flags, bool waited_for_nobody)
    : Description(flags),
      pipe_(pipe),
      reads_((flags & O_ACCMODE) != O_WRONLY),
      writes_((flags & O_ACCMODE) != O_RDONLY) {
  pipe_.add_end(this, reads_, writes_);
  if (waited_for_nobody) quiet_since_ = pipe_.writers_ever();
}

PipeEnd::~PipeEnd() {
  if (open_) pipe_.remove_end(this, reads_, writes_);
}

short PipeEnd::ready(const Machine&) const {
  int events = 0;
  if (reads_) {
    if (!pipe_.empty()) events |= POLLIN | POLLRDNORM;
    if (pipe_.writers() == 0 && quiet_since_ != pipe_.writers_ever()) events |= POLLHUP;
  }
  if (writes_) {
    if (!pipe_.full()) events |= POLLOUT | POLLWRNORM;
    if (pipe_.readers() == 0) events |= POLLERR;
  }
  return static_cast<short>(events);
}

std::vector<Touch> PipeEnd::touches(Direction direction) const {
  if (direction == Direction::kIn) {
    return {
        {pipe_.id(), Pipe::kTakes,
         Pipe::kTakes | Pipe::kPuts | Pipe::kClosesWriteEnd | Pipe::kOpensWriteEnd | Pipe::kLooks}};
  }
  return {{pipe_.id(), Pipe::kPuts,
           Pipe::kTakes | Pipe::kPuts | Pipe::kClosesReadEnd | Pipe::kOpensReadEnd | Pipe::kLooks}};
}

std::vector<Touch> PipeEnd::looks() const {
  return {{pipe_.id(), Pipe::kLooks,
           Pipe::kTakes | Pipe::kPuts | Pipe::kClosesReadEnd | Pipe::kClosesWriteEnd |
               Pipe::kOpensReadEnd | Pipe::kOpensWriteEnd}};
}

std::vector<Touch> PipeEnd::closing() const {
  // Two that close commute: whichever is the last, the end has come after both.
  std::uint16_t does = 0;
  std::uint16_t disturbs = Pipe::kLooks;
  if (reads_) {
    does |= Pipe::kClosesReadEnd;
    disturbs |= Pipe::kPuts | Pipe::kOpensWriteEnd | Pipe::kOpensReadEnd;
  }
  if (writes_) {
    does |= Pipe::kClosesWriteEnd;
    disturbs |= Pipe::kTakes | Pipe::kOpensReadEnd | Pipe::kOpensWriteEnd;
  }
  return {{pipe_.id(), does, disturbs}};
}

bool PipeEnd::would_wait(const Machine&, const Task&, Direction direction, std::size_t size) const {
  if (direction == Direction::kIn) return pipe_.empty() && pipe_.writers() > 0;
  if (pipe_.readers() == 0 || size == 0) return false;
  const std::size_t room = pipe_.room(size);
  return size <= Pipe::kPage ? room < size : room == 0;
}

std::int64_t PipeEnd::available(const Machine&) const {
  return static_cast<std::int64_t>(pipe_.available());
}

Cut PipeEnd::cut(Direction direction, std::size_t size) const {
  if (direction == Direction::kIn) return pipe_.cut_of_read(size);
  if ((flags() & O_DIRECT) != 0) return Cut::kNever;  // each write is a packet
  return size <= Pipe::kPage ? Cut::kOfWhole : Cut::kMay;
}

std::size_t PipeEnd::room(const Machine&, std::size_t size) const {
  return size <= Pipe::kPage ? size : pipe_.room(size);
}

void PipeEnd::waited_for(Machine& machine, Task& task, Direction direction) {
  note_held_ends(machine, task, direction == Direction::kIn);
}

std::int64_t PipeEnd::read(Machine& machine, Task& task, std::span<std::byte> into) {
  note_held_ends(machine, task, true);
  return pipe_.take(machine, into);
}

std::int64_t PipeEnd::write(Machine& machine, Task& task, std::span<const std::byte> bytes) {
  note_held_ends(machine, task, false);
  return pipe_.put(machine, bytes, (flags() & O_DIRECT) != 0);
}

void PipeEnd::closed(Machine& machine, TaskId, bool last) {
  pipe_.closing(machine, reads_, writes_);
  if (!last) return;
  open_ = false;
  pipe_.remove_end(this, reads_, writes_);
}

std::optional<std::uint64_t> PipeEnd::wakes(Direction direction) const {
  return direction == Direction::kIn ? pipe_.times_readable() : pipe_.times_writable();
}

std::string PipeEnd::why_waiting(const Machine& machine, const Task& task,
                                 Direction direction) const {
  const bool in = direction == Direction::kIn;
  const auto other = in ? Direction::kOut : Direction::kIn;
  const auto holders = pipe_.holders(machine, other);
  const std::string end = in ? "write end" : "read end";
  const std::string full = in ? "" : "which is full, and ";
  if (holders.empty()) return full + "whose " + end + " nobody holds";
  const bool own = std::ranges::all_of(
      holders, [&](const auto& one) { return machine.task(one.first).process == task.process; });
  return fmt::format("{}whose {}{} is held by {}", full, own ? "last " : "", end,
                     holder_words(machine, task, holders));
}

std::vector<TaskId> PipeEnd::suppliers(const Machine& machine, const Task& task,
                                       Direction direction) const {
  const bool in = direction == Direction::kIn;
  return other_tasks(machine, task, pipe_.holders(machine, in ? Direction::kOut : Direction::kIn));
}

namespace {

struct PipeCount {
  int made = 0;
};

/// Without how open() would open it, where that is not odd: the kernel refuses what is.
std::string pipe_flag_words(int flags) {
  constexpr std::string_view kUsual = "O_RDONLY|";
  std::string words = open_flag_words(flags);
  if (words.starts_with(kUsual)) words.erase(0, kUsual.size());
  return words;
}

std::unique_ptr<Operation> decode_pipe(Machine& machine, Task& task, const Call& call) {
  const std::uint64_t address = call.arguments[0];
  const int flags = call.number == SYS_pipe2 ? static_cast<int>(call.arguments[1]) : 0;
  auto touches = table_touches(machine, task, TableUse::kAllocates);
  const auto buffer = machine.buffer_touches(task, address, 2 * sizeof(int), true);
  touches.insert(touches.end(), buffer.begin(), buffer.end());
  Passed passed{call, "pipe()", std::move(touches), {{EMFILE}, {ENFILE}}};
  if (flags != 0) passed.text = "pipe2(" + pipe_flag_words(flags) + ")";
  passed.then = [address, flags](Machine& m, Task& t, std::int64_t result) -> std::int64_t {
    std::array<int, 2> numbers{};
    if (result < 0 || !m.peek(t, address, std::as_writable_bytes(std::span(numbers)))) {
      return result;
    }
    for (const Touch& one : m.buffer_touches(t, address, sizeof numbers, true)) m.touch(one);
    Pipe& pipe = m.make<Pipe>(next_pipe_name(m));
    const int kept = flags & (O_NONBLOCK | O_DIRECT);
    const bool close_on_exec = (flags & O_CLOEXEC) != 0;
    DescriptorTable& table = m.descriptors(t);
    table.put(numbers[0], std::make_shared<PipeEnd>(pipe, kept | O_RDONLY), close_on_exec);
    table.put(numbers[1], std::make_shared<PipeEnd>(pipe, kept | O_WRONLY), close_on_exec);
    m.touch({.object = pipe.id()});  // before all others who have it
    m.gives(fmt::format("{} and {} [{}]", numbers[0], numbers[1], pipe.name()));
    return result;
  };
  return make_passed(std::move(passed));
}

constexpr std::array kCalls{long{SYS_pipe}, long{SYS_pipe2}};

}  // namespace

std::string next_pipe_name(Machine& machine) {
  return fmt::format("pipe {}", ++machine.state<PipeCount>().made);
}

void note_held_ends(Machine& machine, const Task& task, bool reads) {
  std::vector<HeldEnd> held;
  for (const auto& [number, slot] : machine.descriptors(task).slots()) {
    const auto* end = dynamic_cast<const PipeEnd*>(slot.description.get());
    if (end == nullptr) continue;
    if (end->reads()) held.push_back({end->pipe().id(), false});
    if (end->writes()) held.push_back({end->pipe().id(), true});
  }
  std::ranges::sort(held);
  const auto doubles = std::ranges::unique(held);
  held.erase(doubles.begin(), doubles.end());
  machine.event().held_ends = machine.trace().held_ends.add(held);
  (reads ? machine.event().reads : machine.event().writes) = true;
}

const Mechanism kPipeMechanism{"pipe", kCalls, decode_pipe};

}  // namespace ipcgrade
