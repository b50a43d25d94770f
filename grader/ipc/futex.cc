#include "ipc/futex.h"

#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/syscall.h>

#include <limits>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/clock.h"
#include "ipc/descriptor.h"
#include "ipc/library_object.h"
#include "ipc/users.h"
#include "ipc/wake_queue.h"

namespace ipcgrade {
namespace {

constexpr std::uint32_t kAnyBit = FUTEX_BITSET_MATCH_ANY;
constexpr std::uint64_t kWord = sizeof(std::uint32_t);

class Futex final : public Object {
 public:
  Futex(ObjectId id, std::string name) : Object(id, ObjectKind::kFutex, std::move(name)) {}

  WakeQueue queue;
  std::map<TaskId, std::uint32_t> bits;  ///< of the waiters
  std::map<TaskId, Futex*> moved_to;     ///< waiters that began to wait here, and were requeued
  Users users;
};

Futex& futex_at(Machine& machine, const FutexKey& key) {
  return object_of_key<Futex>(machine, key, "the futex at ");
}

// Each wait may be the one that is woken, and each wake counts those whom it woke.
constexpr std::uint16_t kWaits = 1, kWakes = 2;

Touch waits(const Futex& futex) {
  return {.object = futex.id(), .does = kWaits, .disturbs = kWaits | kWakes};
}
Touch wakes(const Futex& futex) {
  return {.object = futex.id(), .does = kWakes, .disturbs = kWaits | kWakes};
}

std::string address_text(const Machine& machine, const Task& task, std::uint64_t address) {
  return machine.name_of(machine.location(task, address));
}

/// Whose end a wait at that address is for: pthread_join waits where the kernel will clear the
/// thread's number.
TaskId ending_at(const Machine& machine, const Task& task, std::uint64_t address) {
  for (const TaskId one : machine.process_of(task).tasks) {
    if (one != task.id && machine.task(one).clear_address == address) return one;
  }
  return kNoTask;
}

// FUTEX_WAIT, FUTEX_WAIT_BITSET: looks at the word and begins to wait, in one step.
class FutexWait final : public Operation {
 public:
  FutexWait(Machine& machine, Task& task, std::uint64_t address, std::uint32_t expected,
            std::uint32_t bits, bool is_private, std::optional<VirtualTime> deadline)
      : address_(address),
        expected_(expected),
        bits_(bits),
        deadline_(deadline),
        futex_(futex_at(machine, futex_key(machine, task, address, is_private))),
        joins_(ending_at(machine, task, address)),
        is_wrongly_private_(is_private && is_in_shared_memory(machine, task, address)) {
    touches_ = machine.buffer_touches(task, address, kWord, false);
    touches_.push_back(waits(futex_));
    futex_.users.uses(task.id);
  }

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    const WakeQueue& queue = waits_at(task).queue;
    if (queue.has(task.id)) return queue.can_go(task.id);
    return machine.peek_value<std::uint32_t>(task, address_) != expected_;
  }

  Effect perform(Machine& machine, Task& task) override {
    // The look is no access of the program, but comes after what it sees.
    machine.event().order = AccessOrder::kLibrary;
    WakeQueue& queue = waits_at(task).queue;
    if (queue.has(task.id)) {
      queue.go(machine, task.id);
      forget(task);
      return Effect::returns(0);
    }
    if (!machine.peek_value<std::uint32_t>(task, address_)) return Effect::fails(EFAULT);
    return Effect::fails(EAGAIN);
  }

  [[nodiscard]] bool queues() const override { return true; }
  void begin_wait(Machine& machine, Task& task) override {
    machine.event().order = AccessOrder::kLibrary;
    futex_.moved_to.erase(task.id);
    futex_.queue.enter(task.id);
    futex_.bits[task.id] = bits_;
    woken_ = false;
  }
  void end_wait(Machine& machine, Task& task) override {
    WakeQueue& queue = waits_at(task).queue;
    if (!queue.has(task.id)) return;
    woken_ = !queue.leave(machine, task.id);
    forget(task);
  }
  // One that was woken says so, whatever else came: futex_wait() of the kernel.
  std::int64_t timed_out(Machine&, Task&) override { return woken_ ? 0 : -ETIMEDOUT; }
  std::int64_t interrupted(Machine&, Task&) override { return woken_ ? 0 : -EINTR; }

  [[nodiscard]] std::string text(const Machine& machine, const Task& task) const override {
    return fmt::format("futex({}, FUTEX_WAIT, {})", address_text(machine, task, address_),
                       expected_);
  }
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    if (joins_ != kNoTask) {
      const std::string& name = machine.task(joins_).name;
      return fmt::format("waits for {} to end", name.empty() ? "a thread" : name);
    }
    if (is_wrongly_private_) {
      return fmt::format(
          "sleeps at the futex at {}, where only its own process could wake it: it waits with "
          "FUTEX_PRIVATE_FLAG",
          address_text(machine, task, address_));
    }
    return fmt::format("waits to be woken at {}", waits_at(task).name());
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    if (joins_ != kNoTask) return {joins_};
    return waits_at(task).users.could_help(machine, task);
  }
  [[nodiscard]] bool missed(const Machine&, const Task& task) const override {
    return waits_at(task).queue.missed(task.id);
  }

  // With a time-out it is not restarted, whatever signal(7) says: ERESTART_RESTARTBLOCK.
  [[nodiscard]] Interruption interruption() const override {
    return deadline_ ? Interruption::kFails : Interruption::kRestarts;
  }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override { return deadline_; }

 private:
  /// Where a requeue has brought it.
  [[nodiscard]] Futex& waits_at(const Task& task) const {
    Futex* now = &futex_;
    for (auto at = now->moved_to.find(task.id); at != now->moved_to.end();
         at = now->moved_to.find(task.id)) {
      now = at->second;
    }
    return *now;
  }
  void forget(const Task& task) {
    Futex* now = &futex_;
    while (now != nullptr) {
      now->bits.erase(task.id);
      const auto at = now->moved_to.find(task.id);
      Futex* next = at == now->moved_to.end() ? nullptr : at->second;
      if (next != nullptr) now->moved_to.erase(at);
      now = next;
    }
  }

  std::uint64_t address_;
  std::uint32_t expected_;
  std::uint32_t bits_;
  std::optional<VirtualTime> deadline_;
  Futex& futex_;
  TaskId joins_;
  bool is_wrongly_private_;  ///< others share the word, and can't wake who waits at it
  std::vector<Touch> touches_;
  bool woken_ = false;
};

std::size_t wake(Machine& machine, TaskId by, Futex& futex, int most, std::uint32_t bits) {
  if (by != kNoTask) futex.users.supplies(by);
  // The kernel wakes one where none is asked for: futex_wake().
  const auto count = static_cast<std::size_t>(std::max(most, 1));
  return futex.queue.wake(machine, count,
                          [&](TaskId task) { return (futex.bits[task] & bits) != 0; });
}

// FUTEX_WAKE, FUTEX_WAKE_BITSET.
class FutexWake final : public Operation {
 public:
  FutexWake(Machine& machine, Task& task, std::uint64_t address, int most, std::uint32_t bits,
            bool is_private)
      : address_(address),
        most_(most),
        bits_(bits),
        futex_(futex_at(machine, futex_key(machine, task, address, is_private))) {}

  [[nodiscard]] std::vector<Touch> touches() const override { return {wakes(futex_)}; }
  Effect perform(Machine& machine, Task& task) override {
    return Effect::returns(static_cast<std::int64_t>(wake(machine, task.id, futex_, most_, bits_)));
  }
  [[nodiscard]] std::string text(const Machine& machine, const Task& task) const override {
    const std::string count =
        most_ == std::numeric_limits<int>::max() ? "all" : fmt::format("{}", most_);
    return fmt::format("futex({}, FUTEX_WAKE, {})", address_text(machine, task, address_), count);
  }

 private:
  std::uint64_t address_;
  int most_;
  std::uint32_t bits_;
  Futex& futex_;
};

// FUTEX_REQUEUE, FUTEX_CMP_REQUEUE, FUTEX_WAKE_OP: two words.
class FutexPair : public Operation {
 public:
  FutexPair(Machine& machine, Task& task, const Call& call, bool is_private)
      : first_address_(call.arguments[0]),
        second_address_(call.arguments[4]),
        first_(futex_at(machine, futex_key(machine, task, first_address_, is_private))),
        second_(futex_at(machine, futex_key(machine, task, second_address_, is_private))) {
    touches_.push_back(wakes(first_));
    touches_.push_back(wakes(second_));
  }
  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

 protected:
  std::uint64_t first_address_, second_address_;
  Futex& first_;
  Futex& second_;
  std::vector<Touch> touches_;
};

class FutexRequeue final : public FutexPair {
 public:
  FutexRequeue(Machine& machine, Task& task, const Call& call, bool is_private, bool compares)
      : FutexPair(machine, task, call, is_private),
        wakes_(int_at(call, 2)),
        moves_(int_at(call, 3)),
        expected_(static_cast<std::uint32_t>(int_at(call, 5))),
        compares_(compares) {
    if (compares) append(touches_, machine.buffer_touches(task, first_address_, kWord, false));
  }
  Effect perform(Machine& machine, Task& task) override {
    if (wakes_ < 0 || moves_ < 0) return Effect::fails(EINVAL);
    if (compares_) {
      machine.event().order = AccessOrder::kLibrary;
      const auto now = machine.peek_value<std::uint32_t>(task, first_address_);
      if (!now) return Effect::fails(EFAULT);
      if (*now != expected_) return Effect::fails(EAGAIN);
    }
    first_.users.supplies(task.id);
    const std::vector<TaskId> before = first_.queue.waiters();
    const std::size_t done = first_.queue.requeue(
        machine, second_.queue, static_cast<std::size_t>(wakes_), static_cast<std::size_t>(moves_));
    for (const TaskId one : before) {
      if (first_.queue.has(one)) continue;
      second_.moved_to.erase(one);
      first_.moved_to[one] = &second_;
      second_.bits[one] = first_.bits[one];
    }
    // FUTEX_REQUEUE counts the woken alone; man futex(2).
    const auto woken = std::min(done, static_cast<std::size_t>(wakes_));
    return Effect::returns(static_cast<std::int64_t>(compares_ ? done : woken));
  }
  [[nodiscard]] std::string text(const Machine& machine, const Task& task) const override {
    return fmt::format("futex({}, FUTEX_REQUEUE, {}, {})",
                       address_text(machine, task, first_address_), wakes_,
                       address_text(machine, task, second_address_));
  }

 private:
  int wakes_, moves_;
  std::uint32_t expected_;
  bool compares_;
};

class FutexWakeOperation final : public FutexPair {
 public:
  FutexWakeOperation(Machine& machine, Task& task, const Call& call, bool is_private)
      : FutexPair(machine, task, call, is_private),
        first_most_(int_at(call, 2)),
        second_most_(int_at(call, 3)),
        code_(static_cast<std::uint32_t>(int_at(call, 5))) {
    append(touches_, machine.buffer_touches(task, second_address_, kWord, true));
  }

  // futex(2), FUTEX_WAKE_OP: changes the second word, wakes at the first, and at the second if the
  // old value there was so.
  Effect perform(Machine& machine, Task& task) override {
    machine.event().order = AccessOrder::kLibrary;
    const auto old = machine.peek_value<std::int32_t>(task, second_address_);
    if (!old) return Effect::fails(EFAULT);
    const auto made = changed(*old);
    const auto compares = matches(*old);
    if (!made || !compares) return Effect::fails(ENOSYS);
    if (!machine.poke_value<std::int32_t>(task, second_address_, *made)) {
      return Effect::fails(EFAULT);
    }
    std::size_t done = wake(machine, task.id, first_, first_most_, kAnyBit);
    if (*compares) done += wake(machine, task.id, second_, second_most_, kAnyBit);
    return Effect::returns(static_cast<std::int64_t>(done));
  }
  [[nodiscard]] std::string text(const Machine& machine, const Task& task) const override {
    return fmt::format("futex({}, FUTEX_WAKE_OP, {})", address_text(machine, task, first_address_),
                       address_text(machine, task, second_address_));
  }

 private:
  [[nodiscard]] std::optional<std::int32_t> changed(std::int32_t old) const {
    std::int32_t by = field(12);
    if ((code_ >> 28U & FUTEX_OP_OPARG_SHIFT) != 0) {
      by = static_cast<std::int32_t>(1U << (static_cast<std::uint32_t>(by) & 31U));
    }
    switch (code_ >> 28U & 7U) {
      case FUTEX_OP_SET:
        return by;
      case FUTEX_OP_ADD:
        return static_cast<std::int32_t>(static_cast<std::uint32_t>(old) +
                                         static_cast<std::uint32_t>(by));
      case FUTEX_OP_OR:
        return old | by;
      case FUTEX_OP_ANDN:
        return old & ~by;
      case FUTEX_OP_XOR:
        return old ^ by;
      default:
        return std::nullopt;
    }
  }
  [[nodiscard]] std::optional<bool> matches(std::int32_t old) const {
    const std::int32_t with = field(0);
    switch (code_ >> 24U & 15U) {
      case FUTEX_OP_CMP_EQ:
        return old == with;
      case FUTEX_OP_CMP_NE:
        return old != with;
      case FUTEX_OP_CMP_LT:
        return old < with;
      case FUTEX_OP_CMP_LE:
        return old <= with;
      case FUTEX_OP_CMP_GT:
        return old > with;
      case FUTEX_OP_CMP_GE:
        return old >= with;
      default:
        return std::nullopt;
    }
  }
  /// Twelve bits, with a sign.
  [[nodiscard]] std::int32_t field(unsigned from) const {
    return static_cast<std::int32_t>(code_ >> from << 20U) >> 20;
  }

  int first_most_, second_most_;
  std::uint32_t code_;
};

std::unique_ptr<Operation> refuse(int error) { return done_at_once("futex()", -error); }

std::unique_ptr<Operation> decode_wait(Machine& machine, Task& task, const Call& call, int command,
                                       int options) {
  const std::uint32_t bits =
      command == FUTEX_WAIT_BITSET ? static_cast<std::uint32_t>(int_at(call, 5)) : kAnyBit;
  if (bits == 0) return refuse(EINVAL);
  std::optional<VirtualTime> deadline;
  if (call.arguments[3] != 0) {
    const auto time = machine.peek_value<timespec>(task, call.arguments[3]);
    if (!time) return refuse(EFAULT);
    if (!is_valid(*time)) return refuse(EINVAL);
    // FUTEX_WAIT's is relative, the other's absolute: futex(2).
    const clockid_t clock =
        (options & FUTEX_CLOCK_REALTIME) != 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    deadline = command == FUTEX_WAIT ? machine.now() + duration_of(*time) : until(clock, *time);
  }
  return std::make_unique<FutexWait>(machine, task, call.arguments[0],
                                     static_cast<std::uint32_t>(int_at(call, 2)), bits,
                                     (options & FUTEX_PRIVATE_FLAG) != 0, deadline);
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  if (call.number != SYS_futex) return unmodelled("futex_waitv()");
  const int options = int_at(call, 1);
  const int command = options & FUTEX_CMD_MASK;
  const bool is_private = (options & FUTEX_PRIVATE_FLAG) != 0;
  if (call.arguments[0] % kWord != 0) return refuse(EINVAL);
  switch (command) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
      return decode_wait(machine, task, call, command, options);
    case FUTEX_WAKE:
      return std::make_unique<FutexWake>(machine, task, call.arguments[0], int_at(call, 2), kAnyBit,
                                         is_private);
    case FUTEX_WAKE_BITSET: {
      const auto bits = static_cast<std::uint32_t>(int_at(call, 5));
      if (bits == 0) return refuse(EINVAL);
      return std::make_unique<FutexWake>(machine, task, call.arguments[0], int_at(call, 2), bits,
                                         is_private);
    }
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
      if (call.arguments[4] % kWord != 0) return refuse(EINVAL);
      return std::make_unique<FutexRequeue>(machine, task, call, is_private,
                                            command == FUTEX_CMP_REQUEUE);
    case FUTEX_WAKE_OP:
      if (call.arguments[4] % kWord != 0) return refuse(EINVAL);
      return std::make_unique<FutexWakeOperation>(machine, task, call, is_private);
    case FUTEX_FD:
      return refuse(ENOSYS);
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
    case FUTEX_TRYLOCK_PI:
    case FUTEX_UNLOCK_PI:
    case FUTEX_WAIT_REQUEUE_PI:
    case FUTEX_CMP_REQUEUE_PI:
      return decode_futex_pi(machine, task, call);
    default:
      return refuse(ENOSYS);
  }
}

constexpr long kFutexWaitv = 449;
constexpr long kCalls[] = {SYS_futex, kFutexWaitv};

}  // namespace

const Mechanism kFutexMechanism{"futexes", kCalls, decode};

FutexKey futex_key(const Machine& machine, const Task& task, std::uint64_t address,
                   bool is_private) {
  if (is_private) return {{kNoObject, task.process, address}, true};
  return {machine.location(task, address), false};
}

void futex_wake_at(Machine& machine, const ByteLocation& at, int count) {
  wake(machine, kNoTask, futex_at(machine, {at, false}), count, kAnyBit);
}

void futexes_of_ended_task(Machine& machine, Task& task) {
  if (task.clear_address == 0) return;
  futex_wake_at(machine, machine.location(task, task.clear_address), 1);
}

}  // namespace ipcgrade
