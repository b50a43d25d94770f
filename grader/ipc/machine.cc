#include "ipc/machine.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace ipcgrade {

Machine::Machine(GuestMemory& memory, Trace& trace) : memory_(memory), trace_(trace) {
  clock_ = make<Object>(ObjectKind::kClock, "the clock").id();
}

Process& Machine::add_process(std::string name, std::size_t program) {
  auto process = std::make_unique<Process>();
  process->id = static_cast<ProcessId>(processes_.size());
  process->name = std::move(name);
  process->program = program;
  process->descriptors = std::make_shared<DescriptorTable>();
  process->actions = std::make_shared<std::vector<SignalAction>>(65);
  processes_.push_back(std::move(process));
  return *processes_.back();
}

Task& Machine::add_task(Process& process) {
  auto task = std::make_unique<Task>();
  task->id = static_cast<TaskId>(tasks_.size());
  task->process = process.id;
  task->program = process.program;
  // A block of numbers for each program, so that forks of different ones commute.
  task->number = kNumbers * (static_cast<int>(process.program) + 1) +
                 static_cast<int>(std::ranges::count_if(
                     tasks_, [&](const auto& one) { return one->program == process.program; }));
  task->self = make<Object>(ObjectKind::kTask, process.name).id();
  if (process.leader == kNoTask) {
    process.leader = task->id;
    process.number = task->number;
    process.group = process.group == 0 ? process.number : process.group;
    process.session = process.session == 0 ? process.number : process.session;
  }
  process.tasks.push_back(task->id);
  tasks_.push_back(std::move(task));
  return *tasks_.back();
}

std::vector<std::pair<TaskId, int>> Machine::holders(const Description& description) const {
  std::vector<std::pair<TaskId, int>> found;
  for (const auto& process : processes_) {
    if (process->state != Process::State::kAlive) continue;
    for (const auto& [number, slot] : process->descriptors->slots()) {
      if (slot.description.get() == &description) found.emplace_back(process->leader, number);
    }
  }
  return found;
}

EventId Machine::begin_event(EventKind kind, TaskId task) {
  current_ = static_cast<EventId>(trace_.events.size());
  Event event;
  event.kind = kind;
  event.task = task;
  event.at = now_;
  touched_.clear();
  event.first_after = static_cast<std::uint32_t>(trace_.after.size());
  event.decision = static_cast<std::uint32_t>(trace_.decisions.size()) - 1;
  if (task != kNoTask) {
    event.depth =
        static_cast<std::uint8_t>(std::min<std::size_t>(tasks_[task]->handlers.size(), 255));
    tasks_[task]->last = current_;
  }
  trace_.events.push_back(event);
  if (task != kNoTask) {
    for (const EventId ended : std::exchange(tasks_[task]->ended_threads, {})) comes_after(ended);
  }
  return current_;
}

void Machine::end_event(std::string_view text, std::int64_t result) {
  event().text = given_.empty()
                     ? trace_.texts.add(text)
                     : trace_.texts.add(std::string(text) + ", gives " + std::exchange(given_, {}));
  event().result = result;
}

void Machine::comes_after(EventId other) {
  if (other == kNoEvent || other == current_) return;
  const Event& now = event();
  const auto begin = trace_.after.begin() + now.first_after;
  if (std::find(begin, trace_.after.end(), other) != trace_.after.end()) return;
  trace_.after.push_back(other);
  event().after_count = static_cast<std::uint32_t>(trace_.after.size()) - now.first_after;
}

void Machine::comes_after(const HandOver& hand_over) {
  for (const auto& [task, other] : hand_over.events()) comes_after(other);
}

void Machine::hand_over(HandOver& to) const { to.add(trace_.events[current_].task, current_); }

void Machine::touch(const Touch& touch) {
  if (std::ranges::find(touched_, touch) != touched_.end()) return;
  touched_.push_back(touch);
  event().touches = trace_.touches.add(touched_);
}

namespace {

/// A word a step: the finaliser of splitmix64 (Steele, Lea, Flood, OOPSLA'14). Never 0.
std::uint64_t add_to_hash(std::uint64_t hash, std::span<const std::byte> bytes) {
  hash += bytes.size();
  for (std::size_t at = 0; at < bytes.size(); at += sizeof hash) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min(sizeof word, bytes.size() - at));
    hash = (hash ^ word) + 0x9e3779b97f4a7c15;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
    hash ^= hash >> 31;
  }
  return hash | 1;
}

}  // namespace

void Machine::moves(Direction direction, std::span<const std::byte> bytes) {
  if (current_ == kNoEvent || bytes.empty()) return;
  std::uint64_t& hash = direction == Direction::kOut ? event().bytes_out : event().bytes_in;
  hash = add_to_hash(hash, bytes);
}

void Machine::moves(Direction direction, const Task& task, std::uint64_t address,
                    std::uint64_t size) {
  constexpr std::uint64_t kPiece = 1 << 16;
  std::vector<std::byte> bytes(std::min(size, kPiece));
  for (std::uint64_t done = 0; done < size; done += bytes.size()) {
    bytes.resize(std::min(size - done, kPiece));
    if (!peek(task, address + done, bytes)) return;
    moves(direction, bytes);
  }
}

const Mapping* Machine::find_mapping(const Process& process, std::uint64_t address) const {
  for (const Mapping& one : process.mappings) {
    if (address >= one.begin && address < one.end) return &one;
  }
  return nullptr;
}

const Mapping* Machine::mapping_at(const Task& task, std::uint64_t address) const {
  return find_mapping(process_of(task), address);
}

namespace {

/// Calls `part(mapping or nullptr, address, offset in the buffer, size)` for each stretch of a
/// buffer that lies in one mapping, or outside all. False as soon as one of them says so.
template <typename Part>
bool for_each_part(const std::vector<Mapping>& mappings, std::uint64_t address, std::size_t size,
                   Part part) {
  std::size_t done = 0;
  while (done < size) {
    const std::uint64_t at = address + done;
    std::uint64_t end = address + size;
    const Mapping* found = nullptr;
    for (const Mapping& one : mappings) {
      if (at >= one.begin && at < one.end) {
        found = &one;
        end = std::min(end, one.end);
      } else if (one.begin > at) {
        end = std::min(end, one.begin);
      }
    }
    if (!part(found, at, done, static_cast<std::size_t>(end - at))) return false;
    done += static_cast<std::size_t>(end - at);
  }
  return true;
}

/// What of the process's own memory is watched, and touched by a buffer there.
std::vector<Touch> watched_touches(const Process& process, std::uint64_t address,
                                   std::uint64_t size, bool written) {
  std::vector<Touch> found;
  for (const auto& [watched_begin, watched_end] : process.watched) {
    const std::uint64_t begin = std::max(address, watched_begin);
    const std::uint64_t end = std::min(address + size, watched_end);
    if (begin >= end) continue;
    found.push_back(written ? ::ipcgrade::writes(process.private_memory, begin, end)
                            : ::ipcgrade::reads(process.private_memory, begin, end));
  }
  return found;
}

}  // namespace

bool Machine::copy(const Task& task, std::uint64_t address, std::span<std::byte> into,
                   bool touches) {
  return for_each_part(
      process_of(task).mappings, address, into.size(),
      [&](const Mapping* mapping, std::uint64_t at, std::size_t offset, std::size_t size) {
        if (mapping == nullptr) return memory_.read(task.id, at, into.subspan(offset, size));
        if ((mapping->protection & PROT_READ) == 0) return false;
        auto& shared = static_cast<SharedMemory&>(object(mapping->object));
        const std::uint64_t begin = at - mapping->begin + mapping->offset;
        if (begin + size > shared.bytes().size()) return false;
        std::memcpy(into.data() + offset, shared.bytes().data() + begin, size);
        if (touches) touch(::ipcgrade::reads(shared.id(), begin, begin + size));
        return true;
      });
}

bool Machine::copy_out(const Task& task, std::uint64_t address, std::span<const std::byte> bytes,
                       bool touches) {
  return for_each_part(
      process_of(task).mappings, address, bytes.size(),
      [&](const Mapping* mapping, std::uint64_t at, std::size_t offset, std::size_t size) {
        if (mapping == nullptr) return memory_.write(task.id, at, bytes.subspan(offset, size));
        if ((mapping->protection & PROT_WRITE) == 0) return false;
        auto& shared = static_cast<SharedMemory&>(object(mapping->object));
        const std::uint64_t begin = at - mapping->begin + mapping->offset;
        if (begin + size > shared.bytes().size()) return false;
        std::memcpy(shared.bytes().data() + begin, bytes.data() + offset, size);
        if (touches) touch(::ipcgrade::writes(shared.id(), begin, begin + size));
        return true;
      });
}

bool Machine::read(const Task& task, std::uint64_t address, std::span<std::byte> into) {
  if (!copy(task, address, into, true)) return false;
  moves(Direction::kOut, into);
  for (const Touch& one : watched_touches(process_of(task), address, into.size(), false)) {
    touch(one);
  }
  return true;
}
bool Machine::write(const Task& task, std::uint64_t address, std::span<const std::byte> bytes) {
  if (!copy_out(task, address, bytes, true)) return false;
  moves(Direction::kIn, bytes);
  for (const Touch& one : watched_touches(process_of(task), address, bytes.size(), true)) {
    touch(one);
  }
  return true;
}
bool Machine::peek(const Task& task, std::uint64_t address, std::span<std::byte> into) const {
  return const_cast<Machine*>(this)->copy(task, address, into, false);
}
bool Machine::poke(const Task& task, std::uint64_t address, std::span<const std::byte> bytes) {
  return copy_out(task, address, bytes, false);
}

std::vector<Touch> Machine::buffer_touches(const Task& task, std::uint64_t address,
                                           std::uint64_t size, bool written) const {
  std::vector<Touch> found;
  for (const Mapping& one : process_of(task).mappings) {
    const std::uint64_t begin = std::max(address, one.begin);
    const std::uint64_t end = std::min(address + size, one.end);
    if (begin >= end) continue;
    const std::uint64_t first = begin - one.begin + one.offset;
    const std::uint64_t last = end - one.begin + one.offset;
    found.push_back(written ? ::ipcgrade::writes(one.object, first, last)
                            : ::ipcgrade::reads(one.object, first, last));
  }
  const auto own = watched_touches(process_of(task), address, size, written);
  found.insert(found.end(), own.begin(), own.end());
  return found;
}

ByteLocation Machine::location(const Task& task, std::uint64_t address) const {
  if (const Mapping* mapping = mapping_at(task, address)) {
    return {mapping->object, 0, address - mapping->begin + mapping->offset};
  }
  return {kNoObject, task.process, address};
}

std::string Machine::name_of(const ByteLocation& location) const {
  if (location.memory == kNoObject) return fmt::format("address {:#x}", location.offset);
  return fmt::format("offset {} of {}", location.offset, object(location.memory).name());
}

std::string Machine::read_text(const Task& task, std::uint64_t address, std::size_t most) {
  // In pieces that don't go over the end of one: what follows the text may not be there.
  constexpr std::uint64_t kPiece = 64;
  std::string text;
  while (text.size() < most) {
    const std::uint64_t at = address + text.size();
    std::array<char, kPiece> piece{};
    const std::size_t size = std::min<std::size_t>(kPiece - at % kPiece, most - text.size());
    if (!peek(task, at, std::as_writable_bytes(std::span(piece).first(size)))) break;
    const auto end =
        std::find(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(size), '\0');
    text.append(piece.begin(), end);
    if (end != piece.begin() + static_cast<std::ptrdiff_t>(size)) break;
  }
  return text;
}

void Machine::add_library_object(const ByteLocation& at, std::uint64_t size) {
  library_objects_[at] = size;
}
void Machine::remove_library_object(const ByteLocation& at) { library_objects_.erase(at); }

void Machine::note_sent(const Task& task, std::span<const std::byte> message) {
  if (task.program >= trace_.processes.size()) return;
  trace_.processes[task.program].last_sent.assign(reinterpret_cast<const char*>(message.data()),
                                                  message.size());
}

bool Machine::in_library_object(const ByteLocation& at, std::uint64_t size) const {
  auto next = library_objects_.upper_bound(at);
  if (next == library_objects_.begin()) return false;
  --next;
  return next->first.memory == at.memory && next->first.process == at.process &&
         at.offset + size <= next->first.offset + next->second;
}

Timer& Machine::add_timer(ObjectId object, std::function<void(Machine&)> fire) {
  Timer timer;
  timer.number = static_cast<std::uint16_t>(timers_.size());
  timer.object = object;
  timer.fire = std::move(fire);
  timers_.push_back(std::move(timer));
  return timers_.back();
}

}  // namespace ipcgrade
