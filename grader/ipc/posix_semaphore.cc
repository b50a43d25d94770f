#include "ipc/posix_semaphore.h"

#include <semaphore.h>

#include <climits>
#include <utility>

#include "ipc/calls.h"
#include "ipc/library_object.h"
#include "ipc/tokens.h"
#include "ipc/users.h"
#include "runtime/hypercall.h"

namespace ipcgrade {
namespace {

class PosixSemaphore final : public Object {
 public:
  static constexpr std::string_view kKind = "semaphore";
  PosixSemaphore(ObjectId id, std::string name)
      : Object(id, ObjectKind::kSemaphore, std::move(name)) {}
  [[nodiscard]] std::optional<std::uint64_t> state() const override { return value; }

  std::optional<std::uint32_t> value;  ///< as far as it is known: it lies in memory
  Tokens tokens;       ///< as many as the value, as far as it is known who put them there
  HandOver changes;    ///< what sem_getvalue comes after
  WakeQueue sleepers;  ///< of a private one in shared memory
  Users users;
};

/// Whether only its own process wakes who sleeps at it: `private` of glibc's struct new_sem is 0.
bool is_private(const Machine& machine, const Task& task, std::uint64_t at) {
  constexpr std::uint64_t kPrivate = 8;
  if (!is_in_shared_memory(machine, task, at)) return false;
  return machine.peek_value<std::uint32_t>(task, at + kPrivate) == 0U;
}

// Raises commute with each other; looks, too.
constexpr std::uint16_t kRaises = 1, kLowers = 2, kLooks = 4;

class SemaphoreCall : public LibraryCall {
 public:
  SemaphoreCall(Machine& machine, Task& task, std::uint64_t at, std::string_view call,
                std::uint16_t does, std::uint16_t disturbs)
      : LibraryCall(machine, task, call,
                    object_at<PosixSemaphore>(machine, machine.location(task, at)), at,
                    sizeof(sem_t)),
        semaphore_(object_at<PosixSemaphore>(machine, machine.location(task, at))) {
    touches_also({.object = semaphore_.id(), .does = does, .disturbs = disturbs});
    semaphore_.users.uses(task.id);
    semaphore_.value = value(machine, task);
  }

 protected:
  /// Nothing where the memory is not there.
  [[nodiscard]] std::optional<std::uint32_t> value(const Machine& machine, const Task& task) const {
    return machine.peek_value<std::uint32_t>(task, address());
  }
  [[nodiscard]] PosixSemaphore& semaphore() const { return semaphore_; }
  /// By one, up or down.
  void change(Machine& machine, Task& task, std::uint32_t from, bool up) {
    Tokens& tokens = semaphore_.tokens;
    tokens.match(from);
    if (up) {
      tokens.add(machine.event_id(), 1);
      semaphore_.users.supplies(task.id);
    } else {
      tokens.take(machine, 1);
    }
    machine.hand_over(semaphore_.changes);
    semaphore_.value = up ? from + 1 : from - 1;
    machine.poke_value<std::uint32_t>(task, address(), *semaphore_.value);
  }

 private:
  PosixSemaphore& semaphore_;
};

// sem_wait, sem_timedwait, sem_clockwait; sem_trywait.
class WaitForSemaphore final : public SemaphoreCall {
 public:
  WaitForSemaphore(Machine& machine, Task& task, std::uint64_t at, bool tries, TimeLimit limit)
      : SemaphoreCall(machine, task, at,
                      tries                                ? "sem_trywait"
                      : limit.deadline || limit.error != 0 ? "sem_timedwait"
                                                           : "sem_wait",
                      kLowers, kRaises | kLowers | kLooks),
        tries_(tries),
        is_private_(!tries && is_private(machine, task, at)),
        limit_(limit) {}

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    if (tries_ || limit_.error != 0) return true;
    return value(machine, task).value_or(1) > 0 && !semaphore().sleepers.sleeps(task.id);
  }

  [[nodiscard]] bool queues() const override { return is_private_; }
  void begin_wait(Machine&, Task& task) override {
    if (is_private_) semaphore().sleepers.enter(task.id);
  }
  void end_wait(Machine& machine, Task& task) override {
    if (semaphore().sleepers.has(task.id)) semaphore().sleepers.leave(machine, task.id);
  }

  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    const auto now = value(machine, task);
    if (!now) return Effect::fails(EFAULT);
    if (limit_.error != 0) return Effect::fails(limit_.error);
    if (*now == 0) return Effect::fails(EAGAIN);
    if (semaphore().sleepers.has(task.id)) semaphore().sleepers.go(machine, task.id);
    change(machine, task, *now, false);
    return Effect::returns(0);
  }

  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    if (sleeps_in_vain(machine, task)) {
      return private_sleep_text(semaphore());
    }
    return "waits for " + semaphore().name() + " to rise above 0" +
           own_memory_text(machine, task, address());
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    auto helpers = semaphore().users.could_help(machine, task);
    const bool any_process =
        is_in_shared_memory(machine, task, address()) && !sleeps_in_vain(machine, task);
    return any_process ? helpers : of_same_process(machine, task, std::move(helpers));
  }
  // signal(7) has both restarted; but a futex with a time-out is not: futex_wait() of the kernel.
  [[nodiscard]] Interruption interruption() const override {
    if (tries_) return Interruption::kNever;
    return limit_.deadline ? Interruption::kFails : Interruption::kRestarts;
  }
  [[nodiscard]] std::optional<VirtualTime> deadline() const override { return limit_.deadline; }

 private:
  /// It could go on, if somebody waked it.
  [[nodiscard]] bool sleeps_in_vain(const Machine& machine, const Task& task) const {
    return value(machine, task).value_or(0) > 0 && semaphore().sleepers.sleeps(task.id);
  }

  bool tries_;
  bool is_private_;
  TimeLimit limit_;
};

class Post final : public SemaphoreCall {
 public:
  Post(Machine& machine, Task& task, std::uint64_t at)
      : SemaphoreCall(machine, task, at, "sem_post", kRaises, kLowers | kLooks) {}
  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    const auto now = value(machine, task);
    if (!now) return Effect::fails(EFAULT);
    if (*now == SEM_VALUE_MAX) return Effect::fails(EOVERFLOW);
    change(machine, task, *now, true);
    semaphore().sleepers.wake(machine, 1, same_process(machine, task));
    return Effect::returns(0);
  }
};

class GetValue final : public SemaphoreCall {
 public:
  GetValue(Machine& machine, Task& task, std::uint64_t at)
      : SemaphoreCall(machine, task, at, "sem_getvalue", kLooks, kRaises | kLowers) {}
  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    const auto now = value(machine, task);
    if (!now) return Effect::fails(EFAULT);
    machine.comes_after(semaphore().changes);
    return Effect::returns(*now);
  }
};

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const std::uint64_t at = call.arguments[1];
  switch (call.arguments[0]) {
    case IPCGRADE_SEM_WAIT:
      return make_library_call<WaitForSemaphore>(
          machine, task, at, false,
          time_limit(machine, task, call.arguments[2], call.arguments[3]));
    case IPCGRADE_SEM_TRYWAIT:
      return make_library_call<WaitForSemaphore>(machine, task, at, true, TimeLimit{});
    case IPCGRADE_SEM_POST:
      return make_library_call<Post>(machine, task, at);
    case IPCGRADE_SEM_GETVALUE:
      return make_library_call<GetValue>(machine, task, at);
    default:
      return nullptr;
  }
}

constexpr long kCalls[] = {kHypercall};

}  // namespace

const Mechanism kPosixSemaphoreMechanism{"POSIX semaphores", kCalls, decode};

}  // namespace ipcgrade
