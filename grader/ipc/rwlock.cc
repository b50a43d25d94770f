#include "ipc/rwlock.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>

#include "ipc/library_object.h"
#include "runtime/hypercall.h"

namespace ipcgrade {
namespace {

/// The beginning of glibc's struct __pthread_rwlock_arch_t.
struct Words {
  std::uint32_t readers;  ///< from bit 3 on
  std::uint32_t not_ours[5];
  std::int32_t writer;
  std::int32_t shared;
};
constexpr std::uint32_t kReader = 1U << 3U;

class Rwlock final : public Object {
 public:
  static constexpr std::string_view kKind = "reader-writer lock";
  Rwlock(ObjectId id, std::string name) : Object(id, ObjectKind::kMutex, std::move(name)) {}
  [[nodiscard]] std::optional<std::uint64_t> state() const override {
    return readers.size() * 2 + (is_written ? 1 : 0);
  }

  HandOver written;             ///< the last writer's unlock: all later locks come after it
  HandOver read;                ///< readers' unlocks since: the next writer comes after them
  std::vector<TaskId> readers;  ///< one as often as it holds it
  bool is_written = false;
  WakeQueue sleepers;  ///< of a private one in shared memory
};

/// Whether only its own process wakes who sleeps at it.
bool is_private(const Machine& machine, const Task& task, std::uint64_t at) {
  if (!is_in_shared_memory(machine, task, at)) return false;
  const auto words = machine.peek_value<Words>(task, at);
  return words && words->shared == PTHREAD_PROCESS_PRIVATE;
}

// Readers commute with each other, at locking and unlocking.
constexpr std::uint16_t kReads = 1, kWrites = 2;

class RwlockCall : public LibraryCall {
 public:
  RwlockCall(Machine& machine, Task& task, std::uint64_t at, std::string_view call, bool writes)
      : LibraryCall(machine, task, call, lock_at(machine, task, at), at, sizeof(pthread_rwlock_t)),
        lock_(lock_at(machine, task, at)) {
    const std::uint16_t does = writes ? kWrites : kReads;
    const std::uint16_t disturbs = writes ? kReads | kWrites : kWrites;
    touches_also({.object = lock_.id(), .does = does, .disturbs = disturbs});
  }

 protected:
  [[nodiscard]] Rwlock& lock() const { return lock_; }
  [[nodiscard]] std::optional<Words> words(const Machine& machine, const Task& task) const {
    return machine.peek_value<Words>(task, address());
  }
  void put(Machine& machine, const Task& task, const Words& words) const {
    machine.poke_value(task, address(), words);
  }

 private:
  static Rwlock& lock_at(Machine& machine, const Task& task, std::uint64_t at) {
    return object_at<Rwlock>(machine, machine.location(task, at));
  }
  Rwlock& lock_;
};

class Lock final : public RwlockCall {
 public:
  Lock(Machine& machine, Task& task, std::uint64_t at, bool writes, bool tries, TimeLimit limit)
      : RwlockCall(machine, task, at, name(writes, tries, limit), writes),
        writes_(writes),
        tries_(tries),
        is_private_(!tries && is_private(machine, task, at)),
        limit_(limit) {}

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    if (tries_ || limit_.error != 0) return true;
    return outcome(machine, task) >= 0 && !lock().sleepers.sleeps(task.id);
  }

  [[nodiscard]] bool queues() const override { return is_private_; }
  void begin_wait(Machine&, Task& task) override {
    if (is_private_) lock().sleepers.enter(task.id);
  }
  void end_wait(Machine& machine, Task& task) override {
    if (lock().sleepers.has(task.id)) lock().sleepers.leave(machine, task.id);
  }

  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    const int known = outcome(machine, task);
    if (known < 0) return Effect::fails(tries_ ? EBUSY : limit_.error);
    // A try at what it holds itself is busy, where a lock would be a deadlock.
    if (known > 0) return Effect::fails(tries_ && known == EDEADLK ? EBUSY : known);
    if (lock().sleepers.has(task.id)) lock().sleepers.go(machine, task.id);
    Words now = *words(machine, task);
    machine.comes_after(lock().written);
    if (writes_) {
      machine.comes_after(lock().read);
      now.writer = task.number;
      lock().is_written = true;
    } else {
      now.readers += kReader;
      lock().readers.push_back(task.id);
    }
    put(machine, task, now);
    holds(machine, task.id, lock().id());
    return Effect::returns(0);
  }

  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    if (outcome(machine, task) >= 0 && lock().sleepers.sleeps(task.id))
      return private_sleep_text(lock());
    std::string holders;
    for (const TaskId one : suppliers(machine, task)) {
      holders += (holders.empty() ? "" : " and ") + holder_text(machine, one, task);
    }
    return fmt::format("waits for {}, held by {}", lock().name(),
                       holders.empty() ? holder_text(machine, kNoTask, task) : holders);
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    const auto now = words(machine, task);
    if (now && now->writer != 0) {
      const TaskId writer = task_with_number(machine, now->writer);
      return writer == kNoTask ? std::vector<TaskId>{} : std::vector{writer};
    }
    return lock().readers;
  }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override { return limit_.deadline; }

 private:
  static std::string_view name(bool writes, bool tries, const TimeLimit& limit) {
    if (tries) return writes ? "pthread_rwlock_trywrlock" : "pthread_rwlock_tryrdlock";
    if (limit.deadline || limit.error != 0) {
      return writes ? "pthread_rwlock_timedwrlock" : "pthread_rwlock_timedrdlock";
    }
    return writes ? "pthread_rwlock_wrlock" : "pthread_rwlock_rdlock";
  }

  /// 0: it can be had; an error number; -1: it has to wait.
  [[nodiscard]] int outcome(const Machine& machine, const Task& task) const {
    const auto now = words(machine, task);
    if (!now) return EFAULT;
    if (now->writer == task.number) return EDEADLK;
    if (now->writer != 0) return -1;
    return writes_ && now->readers >= kReader ? -1 : 0;
  }

  bool writes_, tries_, is_private_;
  TimeLimit limit_;
};

class Unlock final : public RwlockCall {
 public:
  Unlock(Machine& machine, Task& task, std::uint64_t at, bool writes)
      : RwlockCall(machine, task, at, "pthread_rwlock_unlock", writes) {}

  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    auto now = words(machine, task);
    if (!now) return Effect::fails(EFAULT);
    if (now->writer != 0) {
      now->writer = 0;
      lock().is_written = false;
      lock().written.clear();
      lock().read.clear();
      machine.hand_over(lock().written);
    } else if (now->readers >= kReader) {
      now->readers -= kReader;
      machine.hand_over(lock().read);
      auto& readers = lock().readers;
      const auto at = std::ranges::find(readers, task.id);
      if (at != readers.end()) readers.erase(at);
    }
    put(machine, task, *now);
    holds_no_more(machine, task.id, lock().id());
    lock().sleepers.wake(machine, WakeQueue::kAll, same_process(machine, task));
    return Effect::returns(0);
  }
};

/// Whether what the task unlocks is a writer's lock. As long as it has one nobody else changes
/// that.
bool is_written(const Machine& machine, const Task& task, std::uint64_t at) {
  const auto words = machine.peek_value<Words>(task, at);
  return words && words->writer != 0;
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const std::uint64_t at = call.arguments[1];
  const auto limit = [&] {
    return time_limit(machine, task, call.arguments[2], call.arguments[3]);
  };
  switch (call.arguments[0]) {
    case IPCGRADE_RWLOCK_RDLOCK:
      return make_library_call<Lock>(machine, task, at, false, false, limit());
    case IPCGRADE_RWLOCK_TRYRDLOCK:
      return make_library_call<Lock>(machine, task, at, false, true, TimeLimit{});
    case IPCGRADE_RWLOCK_WRLOCK:
      return make_library_call<Lock>(machine, task, at, true, false, limit());
    case IPCGRADE_RWLOCK_TRYWRLOCK:
      return make_library_call<Lock>(machine, task, at, true, true, TimeLimit{});
    case IPCGRADE_RWLOCK_UNLOCK:
      return make_library_call<Unlock>(machine, task, at, is_written(machine, task, at));
    default:
      return nullptr;
  }
}

constexpr long kCalls[] = {kHypercall};

}  // namespace

const Mechanism kRwlockMechanism{"reader-writer locks", kCalls, decode};

}  // namespace ipcgrade
