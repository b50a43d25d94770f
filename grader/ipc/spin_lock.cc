#include "ipc/spin_lock.h"

#include <pthread.h>

#include "ipc/library_object.h"
#include "runtime/hypercall.h"

namespace ipcgrade {
namespace {

class SpinLock final : public Object {
 public:
  static constexpr std::string_view kKind = "spin lock";
  SpinLock(ObjectId id, std::string name) : Object(id, ObjectKind::kMutex, std::move(name)) {}
  [[nodiscard]] std::optional<std::uint64_t> state() const override { return holder; }

  HandOver released;
  TaskId holder = kNoTask;
};

class SpinCall final : public LibraryCall {
 public:
  enum class Kind : std::uint8_t { kLock, kTry, kUnlock };

  SpinCall(Machine& machine, Task& task, std::uint64_t at, Kind kind)
      : LibraryCall(machine, task,
                    kind == Kind::kLock  ? "pthread_spin_lock"
                    : kind == Kind::kTry ? "pthread_spin_trylock"
                                         : "pthread_spin_unlock",
                    lock_at(machine, task, at), at, sizeof(pthread_spinlock_t)),
        kind_(kind),
        lock_(lock_at(machine, task, at)) {
    touches_also(writes(lock_.id()));
  }

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    return kind_ != Kind::kLock || is_free(machine, task);
  }

  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    if (kind_ == Kind::kUnlock) {
      holds_no_more(machine, lock_.holder == kNoTask ? task.id : lock_.holder, lock_.id());
      lock_.holder = kNoTask;
      lock_.released.clear();
      machine.hand_over(lock_.released);
      return result(machine.poke_value<std::int32_t>(task, address(), 1));
    }
    if (!is_free(machine, task)) return Effect::fails(EBUSY);
    if (!machine.poke_value<std::int32_t>(task, address(), 0)) return result(false);
    machine.comes_after(lock_.released);
    lock_.holder = task.id;
    holds(machine, task.id, lock_.id());
    return result(true);
  }

  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    return "waits for " + lock_.name() + ", held by " + holder_text(machine, lock_.holder, task);
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine&, const Task&) const override {
    return lock_.holder == kNoTask ? std::vector<TaskId>{} : std::vector{lock_.holder};
  }

 private:
  static SpinLock& lock_at(Machine& machine, const Task& task, std::uint64_t at) {
    return object_at<SpinLock>(machine, machine.location(task, at));
  }
  static Effect result(bool done) { return Effect::fails(done ? 0 : EFAULT); }
  [[nodiscard]] bool is_free(const Machine& machine, const Task& task) const {
    return machine.peek_value<std::int32_t>(task, address()).value_or(1) > 0;
  }

  Kind kind_;
  SpinLock& lock_;
};

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const std::uint64_t at = call.arguments[1];
  switch (call.arguments[0]) {
    case IPCGRADE_SPIN_LOCK:
      return make_library_call<SpinCall>(machine, task, at, SpinCall::Kind::kLock);
    case IPCGRADE_SPIN_TRYLOCK:
      return make_library_call<SpinCall>(machine, task, at, SpinCall::Kind::kTry);
    case IPCGRADE_SPIN_UNLOCK:
      return make_library_call<SpinCall>(machine, task, at, SpinCall::Kind::kUnlock);
    default:
      return nullptr;
  }
}

constexpr long kCalls[] = {kHypercall};

}  // namespace

const Mechanism kSpinLockMechanism{"spin locks", kCalls, decode};

}  // namespace ipcgrade
