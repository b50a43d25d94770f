#include "ipc/condition.h"

#include <pthread.h>

#include <utility>

#include "ipc/clock.h"
#include "ipc/library_object.h"
#include "ipc/mutex.h"
#include "ipc/users.h"
#include "ipc/wake_queue.h"
#include "runtime/hypercall.h"

namespace ipcgrade {
namespace {

class ConditionVariable final : public Object {
 public:
  static constexpr std::string_view kKind = "condition variable";
  ConditionVariable(ObjectId id, std::string name)
      : Object(id, ObjectKind::kCondition, std::move(name)) {}

  /// A wait that has begun. It outlasts its Operation: after a handler the task comes before the
  /// same call again.
  struct Waiter {
    bool woken = false;  ///< all it needs is the mutex
    int result = 0;      ///< what it will return: 0, ETIMEDOUT
  };
  WakeQueue queue;
  std::map<TaskId, Waiter> waiters;
  Users users;
};

// Waits are for the same signals; signals find the waiters that there are, and are two or one.
constexpr std::uint16_t kWaits = 1, kSignals = 2;

Touch waits(const ConditionVariable& condition) {
  return {.object = condition.id(), .does = kWaits, .disturbs = kWaits | kSignals};
}
Touch signals(const ConditionVariable& condition) {
  return {.object = condition.id(), .does = kSignals, .disturbs = kWaits};
}

ConditionVariable& condition_at(Machine& machine, const Task& task, std::uint64_t address) {
  return object_at<ConditionVariable>(machine, machine.location(task, address));
}

/// A word of glibc's struct __pthread_cond_s: bit 0 says that it was made for several processes,
/// bit 1 that its clock is CLOCK_MONOTONIC.
std::uint32_t made_for(const Machine& machine, const Task& task, std::uint64_t at) {
  constexpr std::uint64_t kWrefs = 36;
  return machine.peek_value<std::uint32_t>(task, at + kWrefs).value_or(0);
}

/// Whether it is in memory that processes share, and was made for one of them.
bool is_private(const Machine& machine, const Task& task, std::uint64_t at) {
  return is_in_shared_memory(machine, task, at) && (made_for(machine, task, at) & 1U) == 0;
}

class WaitForCondition final : public LibraryCall {
 public:
  WaitForCondition(Machine& machine, Task& task, std::uint64_t at, std::uint64_t mutex_address,
                   TimeLimit limit)
      : LibraryCall(
            machine, task,
            limit.deadline || limit.error != 0 ? "pthread_cond_timedwait" : "pthread_cond_wait",
            condition_at(machine, task, at), at, sizeof(pthread_cond_t)),
        condition_(condition_at(machine, task, at)),
        mutex_address_(mutex_address),
        mutex_(mutex_at(machine, task, mutex_address)),
        limit_(limit),
        task_(task.id) {
    touches_also(waits(condition_));
    touches_also(mutex_touch(mutex_));
    condition_.users.uses(task.id);
  }

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    const Waiter* waiter = find(task);
    if (waiter == nullptr) return refusal(machine, task) != 0;
    return (waiter->woken || condition_.queue.can_go(task.id)) &&
           mutex_can_lock(machine, task, mutex_address_);
  }

  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    const Waiter* waiter = find(task);
    if (waiter == nullptr) return Effect::fails(refusal(machine, task));
    if (!waiter->woken) condition_.queue.go(machine, task.id);
    return Effect::fails(finish(machine, task));
  }

  [[nodiscard]] bool queues() const override { return true; }
  void begin_wait(Machine& machine, Task& task) override {
    if (find(task) != nullptr) return;  // it goes on after a handler
    mark(machine);
    condition_.waiters[task.id] = {};
    condition_.queue.enter(task.id);
    mutex_unlock(machine, task, mutex_, mutex_address_);
  }

  // What was woken for this one alone is not lost: then it is no time-out.
  std::int64_t timed_out(Machine& machine, Task& task) override {
    Waiter& waiter = condition_.waiters[task.id];
    waiter.woken = true;
    if (!condition_.queue.has(task.id) || condition_.queue.leave(machine, task.id)) {
      waiter.result = ETIMEDOUT;
    }
    if (!mutex_can_lock(machine, task, mutex_address_)) return kGoesOn;
    return -finish(machine, task);
  }

  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    const Waiter* waiter = find(task);
    if (waiter != nullptr && (waiter->woken || condition_.queue.can_go(task.id))) {
      return "was woken and waits for " + mutex_.name() +
             mutex_holder_text(machine, task, mutex_address_);
    }
    if (is_forgotten(task)) {
      return "waits at " + condition_.name() +
             ", which was initialised while it waited, so that no signal finds it";
    }
    if (is_private(machine, task, address())) return private_sleep_text(condition_);
    return "waits for a signal at " + condition_.name() + own_memory_text(machine, task, address());
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    const Waiter* waiter = find(task);
    if (waiter != nullptr && (waiter->woken || condition_.queue.can_go(task.id))) {
      return mutex_holder(machine, task, mutex_address_);
    }
    if (is_forgotten(task)) return {};
    auto helpers = condition_.users.could_help(machine, task);
    const bool any_process =
        is_in_shared_memory(machine, task, address()) && !is_private(machine, task, address());
    return any_process ? helpers : of_same_process(machine, task, std::move(helpers));
  }
  [[nodiscard]] bool missed(const Machine&, const Task& task) const override {
    return condition_.queue.missed(task.id);
  }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override {
    // Until it has begun to wait it holds the mutex, and once woken it waits for that alone.
    const auto at = condition_.waiters.find(task_);
    if (at == condition_.waiters.end() || at->second.woken) return std::nullopt;
    return limit_.deadline;
  }

 private:
  using Waiter = ConditionVariable::Waiter;

  [[nodiscard]] const Waiter* find(const Task& task) const {
    const auto at = condition_.waiters.find(task.id);
    return at == condition_.waiters.end() ? nullptr : &at->second;
  }
  /// Its wait has begun, and then the condition was made anew.
  [[nodiscard]] bool is_forgotten(const Task& task) const {
    const Waiter* waiter = find(task);
    return waiter != nullptr && !waiter->woken && !condition_.queue.has(task.id);
  }
  /// An error number where it does not wait at all; 0: it does.
  [[nodiscard]] int refusal(const Machine& machine, const Task& task) const {
    if (limit_.error != 0) return limit_.error;
    return mutex_may_unlock(machine, task, mutex_address_) ? 0 : EPERM;
  }
  /// It has been woken, and the mutex can be had.
  int finish(Machine& machine, Task& task) {
    const int result = condition_.waiters[task.id].result;
    condition_.waiters.erase(task.id);
    const int locked = mutex_lock(machine, task, mutex_, mutex_address_);
    return locked != 0 ? locked : result;
  }

  ConditionVariable& condition_;
  std::uint64_t mutex_address_;
  Mutex& mutex_;
  TimeLimit limit_;
  TaskId task_;
};

/// A thread that is cancelled in its wait comes back for the mutex: pthread_cond_wait(3p). A wake
/// that was for it alone it has taken.
class LeaveCondition final : public LibraryCall {
 public:
  LeaveCondition(Machine& machine, Task& task, std::uint64_t at, std::uint64_t mutex_address)
      : LibraryCall(machine, task, "pthread_cond_wait, cancelled,", condition_at(machine, task, at),
                    at, sizeof(pthread_cond_t)),
        condition_(condition_at(machine, task, at)),
        mutex_address_(mutex_address),
        mutex_(mutex_at(machine, task, mutex_address)) {
    touches_also(waits(condition_));
    touches_also(mutex_touch(mutex_));
  }
  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    // It may have been cancelled before it began to wait: then it has the mutex.
    return !condition_.waiters.contains(task.id) || mutex_can_lock(machine, task, mutex_address_);
  }
  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    if (condition_.waiters.erase(task.id) == 0) return Effect::returns(0);
    if (condition_.queue.has(task.id)) condition_.queue.leave(machine, task.id);
    return Effect::fails(mutex_lock(machine, task, mutex_, mutex_address_));
  }
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    return "was cancelled and waits for " + mutex_.name() +
           mutex_holder_text(machine, task, mutex_address_);
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    return mutex_holder(machine, task, mutex_address_);
  }

 private:
  ConditionVariable& condition_;
  std::uint64_t mutex_address_;
  Mutex& mutex_;
};

class Signal final : public LibraryCall {
 public:
  Signal(Machine& machine, Task& task, std::uint64_t at, bool all)
      : LibraryCall(machine, task, all ? "pthread_cond_broadcast" : "pthread_cond_signal",
                    condition_at(machine, task, at), at, sizeof(pthread_cond_t)),
        condition_(condition_at(machine, task, at)),
        all_(all) {
    touches_also(signals(condition_));
  }
  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    condition_.users.supplies(task.id);
    const bool own_only = is_private(machine, task, address());
    condition_.queue.wake(machine, all_ ? WakeQueue::kAll : 1,
                          own_only ? same_process(machine, task) : WakeQueue::Filter{});
    return Effect::returns(0);
  }

 private:
  ConditionVariable& condition_;
  bool all_;
};

/// The clock that the condition was made for.
clockid_t own_clock(const Machine& machine, const Task& task, std::uint64_t at) {
  return (made_for(machine, task, at) & 2U) != 0 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const std::uint64_t at = call.arguments[1];
  switch (call.arguments[0]) {
    case IPCGRADE_COND_WAIT: {
      const auto given = static_cast<clockid_t>(call.arguments[4]);
      const clockid_t clock = given == -1 ? own_clock(machine, task, at) : given;
      return make_library_call<WaitForCondition>(
          machine, task, at, call.arguments[2],
          time_limit(machine, task, call.arguments[3], static_cast<std::uint64_t>(clock)));
    }
    case IPCGRADE_COND_SIGNAL:
      return make_library_call<Signal>(machine, task, at, false);
    case IPCGRADE_COND_BROADCAST:
      return make_library_call<Signal>(machine, task, at, true);
    case IPCGRADE_COND_CANCELLED:
      return make_library_call<LeaveCondition>(machine, task, at, call.arguments[2]);
    default:
      return nullptr;
  }
}

constexpr long kCalls[] = {kHypercall};

}  // namespace

const Mechanism kConditionMechanism{"condition variables", kCalls, decode};

void condition_made(Machine& machine, const ByteLocation& at) {
  const auto& known = machine.state<ByPlace<ConditionVariable>>().objects;
  const auto found = known.find(at);
  if (found == known.end()) return;
  static_cast<ConditionVariable&>(machine.object(found->second)).queue.forget_waiters();
}

void conditions_of_ended_task(Machine& machine, Task& task) {
  for (const auto& [at, object] : machine.state<ByPlace<ConditionVariable>>().objects) {
    auto& condition = static_cast<ConditionVariable&>(machine.object(object));
    if (condition.waiters.erase(task.id) > 0 && condition.queue.has(task.id)) {
      condition.queue.leave(machine, task.id);
    }
  }
}

}  // namespace ipcgrade
