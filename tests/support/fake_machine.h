// A Machine without a kernel, for tests of mechanisms: its tasks share one small memory, calls that
// operations pass on are answered by a function, and each operation is begun and ended by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipc/machine.h"

namespace ipcgrade::testing {

/// Private memory, one array for all tasks: a test gives each what it needs. Nothing else is
/// mapped.
class FakeMemory : public GuestMemory {
 public:
  static constexpr std::uint64_t kBase = 0x10000;

  bool read(TaskId, std::uint64_t address, std::span<std::byte> into) override {
    if (!inside(address, into.size())) return false;
    std::memcpy(into.data(), bytes_.data() + (address - kBase), into.size());
    return true;
  }
  bool write(TaskId, std::uint64_t address, std::span<const std::byte> bytes) override {
    if (!inside(address, bytes.size())) return false;
    std::memcpy(bytes_.data() + (address - kBase), bytes.data(), bytes.size());
    return true;
  }
  std::span<std::byte> allocate(std::uint64_t size, std::uint64_t& place) override {
    constexpr std::uint64_t kPage = 4096;
    constexpr std::uint64_t kMost = 64 << 20;
    if (size > kMost - arena_size_) return {};
    size = (size + kPage - 1) / kPage * kPage;
    place = arena_size_;
    arena_size_ += size;
    arena_.push_back(std::make_unique<std::byte[]>(size));
    return {arena_.back().get(), size};
  }

  /// Room that nothing else uses, zeroed.
  std::uint64_t room(std::size_t size) {
    const std::uint64_t at = kBase + used_;
    used_ += (size + 15) / 16 * 16;
    return at;
  }

 private:
  [[nodiscard]] bool inside(std::uint64_t address, std::size_t size) const {
    return address >= kBase && address - kBase <= bytes_.size() &&
           size <= bytes_.size() - (address - kBase);
  }

  std::vector<std::byte> bytes_ = std::vector<std::byte>(4 << 20);
  std::vector<std::unique_ptr<std::byte[]>> arena_;
  std::uint64_t arena_size_ = 0;
  std::size_t used_ = 0;
};

class FakeMachine;

/// A call that a task stands before.
class FakeCall {
 public:
  FakeCall(FakeMachine& fake, Task& task, std::unique_ptr<Operation> operation)
      : fake_(&fake), task_(&task), operation_(std::move(operation)) {}

  /// False: no mechanism wants it, the kernel does it.
  [[nodiscard]] bool modelled() const { return operation_ != nullptr; }
  [[nodiscard]] Operation& operation() { return *operation_; }
  [[nodiscard]] inline bool enabled() const;
  [[nodiscard]] std::vector<Touch> touches() const { return operation_->touches(); }
  [[nodiscard]] inline std::string text() const;
  [[nodiscard]] inline std::string waits_for() const;
  inline void begin_wait();
  /// One step of it, as an event: its result, or nothing where the rest of it is still pending.
  inline std::optional<std::int64_t> step();
  /// A step that must be the last.
  std::int64_t go() { return step().value(); }
  inline std::int64_t time_out();
  inline std::int64_t interrupt();

 private:
  template <typename Act>
  std::int64_t as_event(EventKind kind, Act act);

  FakeMachine* fake_;
  Task* task_;
  std::unique_ptr<Operation> operation_;
};

class FakeMachine {
 public:
  FakeMachine() : machine_(memory_, trace_) {}

  [[nodiscard]] Machine& machine() { return machine_; }
  [[nodiscard]] Trace& trace() { return trace_; }
  [[nodiscard]] FakeMemory& memory() { return memory_; }

  /// A process that stands at its beginning, with no descriptor.
  Task& start(std::string name) {
    return start(machine_.add_process(std::move(name), programs_++));
  }
  /// A child, with a copy of its parent's descriptors.
  Task& fork(Task& parent) {
    const Process& of = machine_.process_of(parent);
    const ProcessId from = of.id;
    Process& child = machine_.add_process(of.name + "'s child", of.program);
    child.parent = machine_.process(from).number;
    *child.descriptors = *machine_.process(from).descriptors;
    child.mappings = machine_.process(from).mappings;
    child.folder = machine_.process(from).folder;
    return start(child);
  }
  Task& thread(Task& of) { return start(machine_.process_of(of)); }
  /// As a process's end does with its descriptors.
  void end(Task& task) {
    machine_.begin_event(EventKind::kExit, task.id);
    machine_.descriptors(task).close_all(machine_, task.id);
    machine_.process_of(task).state = Process::State::kZombie;
    machine_.end_event("exit", 0);
  }

  /// Memory of the segment's kind, mapped into the task at `address`.
  SharedMemory& share(Task& task, std::uint64_t address, std::uint64_t size) {
    std::uint64_t place = 0;
    const std::span<std::byte> bytes = memory_.allocate(size, place);
    SharedMemory& made = machine_.make<SharedMemory>("the segment", bytes, place);
    map(task, address, made);
    return made;
  }
  void map(Task& task, std::uint64_t address, const SharedMemory& memory) {
    machine_.process_of(task).mappings.push_back(
        {address, address + memory.bytes().size(), memory.id(), 0, 3 /* read and write */, false});
  }

  /// Bytes in private memory: their address.
  std::uint64_t put(std::string_view bytes) {
    const std::uint64_t at = memory_.room(bytes.size() + 1);
    memory_.write(0, at, std::as_bytes(std::span(bytes)));
    return at;
  }
  template <typename T>
  std::uint64_t put_values(std::initializer_list<T> values) {
    const std::uint64_t at = memory_.room(values.size() * sizeof(T));
    memory_.write(0, at, std::as_bytes(std::span(values.begin(), values.size())));
    return at;
  }
  std::uint64_t room(std::size_t size) { return memory_.room(size); }
  [[nodiscard]] std::string text_at(std::uint64_t address, std::size_t size) {
    std::string text(size, '\0');
    memory_.read(0, address, std::as_writable_bytes(std::span(text)));
    return text;
  }
  template <typename T>
  [[nodiscard]] T value_at(std::uint64_t address) {
    T value{};
    memory_.read(0, address, std::as_writable_bytes(std::span(&value, 1)));
    return value;
  }

  /// The task comes before this call.
  FakeCall call(Task& task, const Mechanism& mechanism, long number,
                std::initializer_list<std::uint64_t> arguments) {
    Call made{number, {}};
    std::copy(arguments.begin(), arguments.end(), made.arguments.begin());
    task.call = made;
    return {*this, task, mechanism.decode(machine_, task, made)};
  }
  /// The same, with whichever mechanism wants it.
  FakeCall call(Task& task, long number, std::initializer_list<std::uint64_t> arguments) {
    Call made{number, {}};
    std::copy(arguments.begin(), arguments.end(), made.arguments.begin());
    task.call = made;
    for (const Mechanism* one : all_mechanisms()) {
      if (std::ranges::find(one->calls, number) == one->calls.end()) continue;
      if (auto operation = one->decode(machine_, task, made)) {
        return {*this, task, std::move(operation)};
      }
    }
    return {*this, task, nullptr};
  }

  /// Whether one event comes after another by a hand-over of its own.
  [[nodiscard]] bool after(EventId later, EventId earlier) const {
    const auto found = after_of(trace_, trace_.events[later]);
    return std::ranges::find(found, earlier) != found.end();
  }
  [[nodiscard]] EventId last_event() const {
    return static_cast<EventId>(trace_.events.size() - 1);
  }

  /// What the kernel answers to calls that are passed on.
  std::function<std::int64_t(Task&, const Call&)> kernel = [](Task&, const Call&) { return 0; };
  /// What the last operation that ended had for the supervisor.
  Effect last_effect;

 private:
  Task& start(Process& process) {
    Task& task = machine_.add_task(process);
    task.state = TaskState::kPending;
    machine_.begin_event(EventKind::kStart, task.id);
    machine_.end_event("starts", 0);
    return task;
  }

  FakeMemory memory_;
  Trace trace_;
  Machine machine_;
  std::size_t programs_ = 0;
};

bool FakeCall::enabled() const { return operation_->enabled(fake_->machine(), *task_); }
std::string FakeCall::text() const { return operation_->text(fake_->machine(), *task_); }
std::string FakeCall::waits_for() const { return operation_->waits_for(fake_->machine(), *task_); }

template <typename Act>
std::int64_t FakeCall::as_event(EventKind kind, Act act) {
  Machine& machine = fake_->machine();
  machine.begin_event(kind, task_->id);
  for (const Touch& one : operation_->touches()) machine.touch(one);
  const std::int64_t result = act(machine);
  machine.end_event(operation_->text(machine, *task_), result);
  return result;
}

void FakeCall::begin_wait() {
  as_event(EventKind::kWaitBegins, [&](Machine& machine) {
    operation_->begin_wait(machine, *task_);
    return 0;
  });
  task_->waiting = true;
}

std::optional<std::int64_t> FakeCall::step() {
  bool again = false;
  const std::int64_t result = as_event(EventKind::kCall, [&](Machine& machine) {
    const Effect effect = operation_->perform(machine, *task_);
    fake_->last_effect = effect;
    again = effect.kind == Effect::Kind::kAgain;
    if (effect.kind != Effect::Kind::kPass) return effect.value;
    return operation_->finished(machine, *task_, fake_->kernel(*task_, effect.call));
  });
  if (again) return std::nullopt;
  task_->waiting = false;
  return result;
}

std::int64_t FakeCall::time_out() {
  return as_event(EventKind::kTimer, [&](Machine& machine) {
    operation_->end_wait(machine, *task_);
    return operation_->timed_out(machine, *task_);
  });
}

std::int64_t FakeCall::interrupt() {
  return as_event(EventKind::kCall, [&](Machine& machine) {
    operation_->end_wait(machine, *task_);
    return operation_->interrupted(machine, *task_);
  });
}

}  // namespace ipcgrade::testing
