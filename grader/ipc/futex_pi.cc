// Futexes with priority inheritance: locks whose word holds the owner's number, and which the
// kernel hands on. All tasks have the same priority, so who waited first is next. Source: futex(2);
// kernel/futex/pi.c of Linux 6.1.
#include <fmt/format.h>
#include <linux/futex.h>

#include <algorithm>
#include <deque>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/clock.h"
#include "ipc/descriptor.h"
#include "ipc/futex.h"

namespace ipcgrade {
namespace {

class PiLock final : public Object {
 public:
  PiLock(ObjectId id, std::string name) : Object(id, ObjectKind::kMutex, std::move(name)) {}

  std::deque<TaskId> waiters;  ///< in the order in which they came
  TaskId next = kNoTask;       ///< who has been given it, and has not gone on yet
  HandOver released;
};

PiLock& lock_at(Machine& machine, const FutexKey& key) {
  return object_of_key<PiLock>(machine, key, "the lock at ");
}

TaskId task_of_number(const Machine& machine, std::uint32_t number) {
  for (std::size_t i = 0; i < machine.task_count(); ++i) {
    const Task& one = machine.task(static_cast<TaskId>(i));
    if (one.state != TaskState::kEnded && static_cast<std::uint32_t>(one.number) == number) {
      return one.id;
    }
  }
  return kNoTask;
}

class PiCall final : public Operation {
 public:
  PiCall(Machine& machine, Task& task, std::uint64_t address, int command, bool is_private,
         std::optional<VirtualTime> deadline)
      : address_(address),
        command_(command),
        deadline_(deadline),
        lock_(lock_at(machine, futex_key(machine, task, address, is_private))) {
    constexpr std::uint64_t kWord = sizeof(std::uint32_t);
    touches_ = machine.buffer_touches(task, address, kWord, false);
    append(touches_, machine.buffer_touches(task, address, kWord, true));
    const ObjectId own = machine.process_of(task).private_memory;
    if (touches_.empty() && own != kNoObject) {
      touches_ = {reads(own, address, address + kWord), writes(own, address, address + kWord)};
    }
    touches_.push_back(writes(lock_.id()));
  }

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    if (!is_lock() || lock_.next == task.id) return true;
    // Who waits is given it, and looks at the word no more.
    if (std::ranges::find(lock_.waiters, task.id) != lock_.waiters.end()) return false;
    const auto word = word_of(machine, task);
    return !word || owner(*word) == 0 || owner(*word) == number_of(task);
  }

  Effect perform(Machine& machine, Task& task) override {
    machine.event().order = AccessOrder::kLibrary;
    const auto word = word_of(machine, task);
    if (!word) return Effect::fails(EFAULT);
    if (command_ == FUTEX_UNLOCK_PI) return unlock(machine, task, *word);
    if (lock_.next == task.id) {
      lock_.next = kNoTask;
    } else if (owner(*word) == number_of(task)) {
      return Effect::fails(EDEADLK);
    } else if (owner(*word) != 0) {
      return Effect::fails(EAGAIN);  // FUTEX_TRYLOCK_PI
    } else {
      set_word(machine, task, number_of(task));
    }
    machine.comes_after(lock_.released);
    return Effect::returns(0);
  }

  [[nodiscard]] bool queues() const override { return is_lock(); }
  void begin_wait(Machine& machine, Task& task) override {
    machine.event().order = AccessOrder::kLibrary;
    lock_.waiters.push_back(task.id);
    // Without this its owner would give it back without the kernel.
    if (const auto word = word_of(machine, task)) set_word(machine, task, owner(*word));
  }
  void end_wait(Machine&, Task& task) override {
    std::erase(lock_.waiters, task.id);
    has_it_ = lock_.next == task.id;
    if (has_it_) lock_.next = kNoTask;
  }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override { return deadline_; }
  std::int64_t timed_out(Machine&, Task&) override { return has_it_ ? 0 : -ETIMEDOUT; }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    const char* name = command_ == FUTEX_UNLOCK_PI    ? "FUTEX_UNLOCK_PI"
                       : command_ == FUTEX_TRYLOCK_PI ? "FUTEX_TRYLOCK_PI"
                                                      : "FUTEX_LOCK_PI";
    return fmt::format("futex({}) [{}]", name, lock_.name());
  }
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    const std::vector<TaskId> holders = suppliers(machine, task);
    const std::string holder =
        holders.empty() ? "a task that has ended" : machine.task(holders.front()).name;
    return fmt::format("waits for {}, held by {}", lock_.name(), holder);
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    const auto word = word_of(machine, task);
    const TaskId holder = word ? task_of_number(machine, owner(*word)) : kNoTask;
    return holder == kNoTask ? std::vector<TaskId>{} : std::vector{holder};
  }
  /// Given back without the kernel, though somebody waits: it will hear of that no more.
  [[nodiscard]] bool missed(const Machine& machine, const Task& task) const override {
    const auto word = word_of(machine, task);
    return word && owner(*word) == 0;
  }

 private:
  [[nodiscard]] bool is_lock() const {
    return command_ == FUTEX_LOCK_PI || command_ == FUTEX_LOCK_PI2;
  }
  [[nodiscard]] std::optional<std::uint32_t> word_of(const Machine& machine,
                                                     const Task& task) const {
    return machine.peek_value<std::uint32_t>(task, address_);
  }
  static std::uint32_t owner(std::uint32_t word) { return word & FUTEX_TID_MASK; }
  static std::uint32_t number_of(const Task& task) {
    return static_cast<std::uint32_t>(task.number);
  }
  void set_word(Machine& machine, const Task& task, std::uint32_t owner) const {
    const std::uint32_t waiters = lock_.waiters.empty() ? 0 : FUTEX_WAITERS;
    machine.poke_value<std::uint32_t>(task, address_, owner | waiters);
  }

  Effect unlock(Machine& machine, Task& task, std::uint32_t word) {
    if (owner(word) != number_of(task)) return Effect::fails(EPERM);
    std::uint32_t next = 0;
    if (!lock_.waiters.empty()) {
      lock_.next = lock_.waiters.front();
      lock_.waiters.pop_front();
      next = number_of(machine.task(lock_.next));
    }
    set_word(machine, task, next);
    lock_.released.clear();
    machine.hand_over(lock_.released);
    return Effect::returns(0);
  }

  std::uint64_t address_;
  int command_;
  std::optional<VirtualTime> deadline_;
  PiLock& lock_;
  std::vector<Touch> touches_;
  bool has_it_ = false;
};

}  // namespace

std::unique_ptr<Operation> decode_futex_pi(Machine& machine, Task& task, const Call& call) {
  const int options = int_at(call, 1);
  const int command = options & FUTEX_CMD_MASK;
  if (command == FUTEX_WAIT_REQUEUE_PI || command == FUTEX_CMP_REQUEUE_PI) {
    return unmodelled("futex() that requeues to a lock with priority inheritance");
  }
  const bool locks = command == FUTEX_LOCK_PI || command == FUTEX_LOCK_PI2;
  std::optional<VirtualTime> deadline;
  if (locks && call.arguments[3] != 0) {
    const auto time = machine.peek_value<timespec>(task, call.arguments[3]);
    if (!time) return done_at_once("futex()", -EFAULT);
    if (!is_valid(*time)) return done_at_once("futex()", -EINVAL);
    // FUTEX_LOCK_PI's is always of CLOCK_REALTIME: futex(2).
    const bool monotonic = command == FUTEX_LOCK_PI2 && (options & FUTEX_CLOCK_REALTIME) == 0;
    deadline = until(monotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME, *time);
  }
  return std::make_unique<PiCall>(machine, task, call.arguments[0], command,
                                  (options & FUTEX_PRIVATE_FLAG) != 0, deadline);
}

}  // namespace ipcgrade
