#include "ipc/mutex.h"

#include <pthread.h>

#include <climits>
#include <cstddef>
#include <cstring>

#include "ipc/library_object.h"
#include "runtime/hypercall.h"

namespace ipcgrade {
namespace {

/// The beginning of glibc's struct __pthread_mutex_s.
struct Words {
  std::uint32_t lock;  ///< 0 free; of a robust one the owner's number, and kOwnerDied
  std::uint32_t count;
  std::int32_t owner;
  std::uint32_t users;
  std::int32_t kind;
};

constexpr std::uint32_t kOwnerDied = 0x40000000;  // FUTEX_OWNER_DIED
constexpr std::uint32_t kNumber = 0x3fffffff;     // FUTEX_TID_MASK
constexpr std::int32_t kInconsistent = INT_MAX;   // PTHREAD_MUTEX_INCONSISTENT
constexpr std::int32_t kNotRecoverable = INT_MAX - 1;
constexpr std::int32_t kKindMask = 3;  // PTHREAD_MUTEX_NORMAL…, 3 is adaptive
constexpr std::int32_t kRobust = 16;   // PTHREAD_MUTEX_ROBUST_NORMAL_NP
constexpr std::int32_t kShared = 128;  // PTHREAD_MUTEX_PSHARED_BIT

bool is_robust(const Words& words) { return (words.kind & kRobust) != 0; }
bool is_kind(const Words& words, std::int32_t kind) { return (words.kind & kKindMask) == kind; }

/// 0: nobody.
int holder_of(const Words& words) {
  if (is_robust(words)) return static_cast<int>(words.lock & kNumber);
  return words.lock != 0 ? words.owner : 0;
}

bool is_free(const Words& words) {
  return words.lock == 0 || (is_robust(words) && (words.lock & kOwnerDied) != 0);
}

std::optional<Words> words_at(const Machine& machine, const Task& task, std::uint64_t address) {
  return machine.peek_value<Words>(task, address);
}

/// Whether only its own process can wake who sleeps at it. (Of robust ones the kernel wakes, too.)
bool is_private(const Machine& machine, const Task& task, std::uint64_t at) {
  if (!is_in_shared_memory(machine, task, at)) return false;
  const auto words = words_at(machine, task, at);
  return words && (words->kind & (kShared | kRobust)) == 0;
}

/// Robust ones that tasks hold.
struct RobustMutexes {
  struct Held {
    ByteLocation at;
    ObjectId object;
  };
  std::map<TaskId, std::vector<Held>> held;
};

void note_taken(Machine& machine, const Task& task, const Mutex& mutex, std::uint64_t address,
                const Words& words) {
  holds(machine, task.id, mutex.id());
  if (!is_robust(words)) return;
  machine.state<RobustMutexes>().held[task.id].push_back(
      {machine.location(task, address), mutex.id()});
}

void note_released(Machine& machine, TaskId task, const Mutex& mutex) {
  holds_no_more(machine, task, mutex.id());
  std::erase_if(machine.state<RobustMutexes>().held[task],
                [&](const RobustMutexes::Held& one) { return one.object == mutex.id(); });
}

class MutexCall : public LibraryCall {
 public:
  MutexCall(Machine& machine, Task& task, std::uint64_t at, std::string_view call)
      : LibraryCall(machine, task, call, mutex_at(machine, task, at), at, sizeof(pthread_mutex_t)),
        mutex_(mutex_at(machine, task, at)) {
    touches_also(mutex_touch(mutex_));
  }

 protected:
  [[nodiscard]] Mutex& mutex() const { return mutex_; }

 private:
  Mutex& mutex_;
};

class Lock final : public MutexCall {
 public:
  Lock(Machine& machine, Task& task, std::uint64_t at, TimeLimit limit)
      : MutexCall(
            machine, task, at,
            limit.deadline || limit.error != 0 ? "pthread_mutex_timedlock" : "pthread_mutex_lock"),
        is_private_(is_private(machine, task, at)),
        limit_(limit) {}

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    if (limit_.error != 0) return true;
    return mutex_can_lock(machine, task, address()) && !mutex().sleepers.sleeps(task.id);
  }

  [[nodiscard]] bool queues() const override { return is_private_; }
  void begin_wait(Machine&, Task& task) override {
    if (is_private_) mutex().sleepers.enter(task.id);
  }
  void end_wait(Machine& machine, Task& task) override {
    if (mutex().sleepers.has(task.id)) mutex().sleepers.leave(machine, task.id);
  }

  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    if (mutex_can_lock(machine, task, address())) {
      if (mutex().sleepers.has(task.id)) mutex().sleepers.go(machine, task.id);
      return Effect::fails(mutex_lock(machine, task, mutex(), address()));
    }
    return Effect::fails(limit_.error);
  }
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    if (mutex_can_lock(machine, task, address()) && mutex().sleepers.sleeps(task.id)) {
      return private_sleep_text(mutex());
    }
    return "waits for " + mutex().name() + mutex_holder_text(machine, task, address());
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    return mutex_holder(machine, task, address());
  }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override { return limit_.deadline; }

 private:
  bool is_private_;
  TimeLimit limit_;
};

class TryLock final : public MutexCall {
 public:
  TryLock(Machine& machine, Task& task, std::uint64_t at)
      : MutexCall(machine, task, at, "pthread_mutex_trylock") {}
  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    const auto words = words_at(machine, task, address());
    if (!words) return Effect::fails(EFAULT);
    const bool mine = !is_free(*words) && holder_of(*words) == task.number;
    if (is_free(*words) || (mine && is_kind(*words, PTHREAD_MUTEX_RECURSIVE))) {
      return Effect::fails(mutex_lock(machine, task, mutex(), address()));
    }
    return Effect::fails(EBUSY);
  }
};

class Unlock final : public MutexCall {
 public:
  Unlock(Machine& machine, Task& task, std::uint64_t at)
      : MutexCall(machine, task, at, "pthread_mutex_unlock") {}
  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    return Effect::fails(mutex_unlock(machine, task, mutex(), address()));
  }
};

class MakeConsistent final : public MutexCall {
 public:
  MakeConsistent(Machine& machine, Task& task, std::uint64_t at)
      : MutexCall(machine, task, at, "pthread_mutex_consistent") {}
  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    auto words = words_at(machine, task, address());
    if (!words) return Effect::fails(EFAULT);
    if (!is_robust(*words) || words->owner != kInconsistent) return Effect::fails(EINVAL);
    words->owner = task.number;
    machine.poke_value(task, address(), *words);
    return Effect::returns(0);
  }
};

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const std::uint64_t at = call.arguments[1];
  switch (call.arguments[0]) {
    case IPCGRADE_MUTEX_LOCK:
      return make_library_call<Lock>(
          machine, task, at, time_limit(machine, task, call.arguments[2], call.arguments[3]));
    case IPCGRADE_MUTEX_TRYLOCK:
      return make_library_call<TryLock>(machine, task, at);
    case IPCGRADE_MUTEX_UNLOCK:
      return make_library_call<Unlock>(machine, task, at);
    case IPCGRADE_MUTEX_CONSISTENT:
      return make_library_call<MakeConsistent>(machine, task, at);
    default:
      return nullptr;
  }
}

constexpr long kCalls[] = {kHypercall};

/// Writes the words of a mutex whose task is no more, through whoever can.
void mark_owner_died(Machine& machine, const RobustMutexes::Held& held) {
  std::uint32_t lock = kOwnerDied;
  const auto bytes = std::as_bytes(std::span(&lock, 1));
  static_assert(offsetof(Words, lock) == 0);
  if (held.at.memory != kNoObject) {
    auto& memory = static_cast<SharedMemory&>(machine.object(held.at.memory));
    const std::span<std::byte> all = memory.bytes();
    if (held.at.offset + sizeof lock > all.size()) return;
    std::memcpy(all.data() + held.at.offset, bytes.data(), bytes.size());
    return;
  }
  for (const TaskId one : machine.process(held.at.process).tasks) {
    if (machine.task(one).state == TaskState::kEnded) continue;
    if (machine.memory().write(one, held.at.offset, bytes)) return;
  }
}

}  // namespace

const Mechanism kMutexMechanism{"mutexes", kCalls, decode};

Mutex& mutex_at(Machine& machine, const Task& task, std::uint64_t address) {
  return object_at<Mutex>(machine, machine.location(task, address));
}

Touch mutex_touch(const Mutex& mutex) { return writes(mutex.id()); }

bool mutex_can_lock(const Machine& machine, const Task& task, std::uint64_t address) {
  const auto words = words_at(machine, task, address);
  if (!words || is_free(*words)) return true;
  if (holder_of(*words) != task.number) return false;
  // Its own: a recursive one is counted, a checking one refused; else it waits for itself.
  return is_kind(*words, PTHREAD_MUTEX_RECURSIVE) || is_kind(*words, PTHREAD_MUTEX_ERRORCHECK);
}

int mutex_lock(Machine& machine, Task& task, Mutex& mutex, std::uint64_t address) {
  auto words = words_at(machine, task, address);
  if (!words) return EFAULT;
  if (!is_free(*words) && holder_of(*words) == task.number) {
    if (!is_kind(*words, PTHREAD_MUTEX_RECURSIVE)) return EDEADLK;
    if (words->count == UINT_MAX) return EAGAIN;
    ++words->count;
    ++mutex.times_held;
    machine.poke_value(task, address, *words);
    return 0;
  }
  machine.comes_after(mutex.released);
  if (is_robust(*words) && words->owner == kNotRecoverable) return ENOTRECOVERABLE;
  const bool died = (words->lock & kOwnerDied) != 0 && is_robust(*words);
  words->lock = is_robust(*words) ? static_cast<std::uint32_t>(task.number) : 1;
  words->owner = died ? kInconsistent : task.number;
  words->count = is_kind(*words, PTHREAD_MUTEX_RECURSIVE) ? 1 : 0;
  ++words->users;
  ++mutex.times_held;
  machine.poke_value(task, address, *words);
  note_taken(machine, task, mutex, address, *words);
  return died ? EOWNERDEAD : 0;
}

bool mutex_may_unlock(const Machine& machine, const Task& task, std::uint64_t address) {
  const auto words = words_at(machine, task, address);
  if (!words) return false;
  const bool checks = is_robust(*words) || is_kind(*words, PTHREAD_MUTEX_RECURSIVE) ||
                      is_kind(*words, PTHREAD_MUTEX_ERRORCHECK);
  return !checks || (!is_free(*words) && holder_of(*words) == task.number);
}

int mutex_unlock(Machine& machine, Task& task, Mutex& mutex, std::uint64_t address) {
  auto words = words_at(machine, task, address);
  if (!words) return EFAULT;
  if (!mutex_may_unlock(machine, task, address)) return EPERM;
  if (mutex.times_held > 0) --mutex.times_held;
  if (is_kind(*words, PTHREAD_MUTEX_RECURSIVE) && words->count > 1) {
    --words->count;
    machine.poke_value(task, address, *words);
    return 0;
  }
  // A normal one can be unlocked by somebody else, as glibc lets it.
  const TaskId held_by = task_with_number(machine, holder_of(*words));
  note_released(machine, held_by == kNoTask ? task.id : held_by, mutex);
  // Who had it from a dead owner and did not make it consistent leaves it of no use to anybody.
  const bool useless = is_robust(*words) && words->owner == kInconsistent;
  words->owner = useless ? kNotRecoverable : 0;
  words->lock = 0;
  words->count = 0;
  if (words->users > 0) --words->users;
  machine.poke_value(task, address, *words);
  mutex.released.clear();
  machine.hand_over(mutex.released);
  mutex.sleepers.wake(machine, 1, same_process(machine, task));
  return 0;
}

std::vector<TaskId> mutex_holder(const Machine& machine, const Task& task, std::uint64_t address) {
  const auto words = words_at(machine, task, address);
  if (!words || is_free(*words)) return {};
  const TaskId holder = task_with_number(machine, holder_of(*words));
  return holder == kNoTask ? std::vector<TaskId>{} : std::vector{holder};
}

std::string mutex_holder_text(const Machine& machine, const Task& task, std::uint64_t address) {
  const auto words = words_at(machine, task, address);
  if (!words || is_free(*words)) return "";
  return ", held by " + holder_text(machine, task_with_number(machine, holder_of(*words)), task);
}

void mutexes_of_ended_task(Machine& machine, Task& task) {
  auto& all = machine.state<RobustMutexes>().held;
  const auto at = all.find(task.id);
  if (at == all.end()) return;
  for (const RobustMutexes::Held& held : at->second) {
    mark_owner_died(machine, held);
    auto& mutex = static_cast<Mutex&>(machine.object(held.object));
    mutex.released.clear();
    machine.hand_over(mutex.released);
    holds_no_more(machine, task.id, held.object);
  }
  all.erase(at);
}

}  // namespace ipcgrade
