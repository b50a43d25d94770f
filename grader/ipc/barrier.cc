#include "ipc/barrier.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>

#include "ipc/library_object.h"
#include "ipc/users.h"
#include "runtime/hypercall.h"

namespace ipcgrade {
namespace {

class Barrier final : public Object {
 public:
  static constexpr std::string_view kKind = "barrier";
  Barrier(ObjectId id, std::string name) : Object(id, ObjectKind::kBarrier, std::move(name)) {}

  /// An arrival whose task has not left yet. It outlasts its Operation: after a handler the task
  /// comes before the same call again.
  struct Arrival {
    bool released = false;
    bool asleep = false;  ///< the round is over, and nobody could wake it: see is_private()
    bool serial = false;
    HandOver after;
  };
  std::map<TaskId, Arrival> arrivals;
  HandOver arrived;  ///< of this round
  Users users;
  std::vector<TaskId> comers;  ///< all who ever came
};

constexpr std::uint16_t kArrives = 1, kSets = 2;

Barrier& barrier_at(Machine& machine, const Task& task, std::uint64_t at) {
  return object_at<Barrier>(machine, machine.location(task, at));
}

/// The third word of glibc's struct pthread_barrier.
std::uint32_t count_of(const Machine& machine, const Task& task, std::uint64_t at) {
  constexpr std::uint64_t kCount = 8;
  return machine.peek_value<std::uint32_t>(task, at + kCount).value_or(1);
}

/// Whether only its own process can wake who sleeps at it: the fourth word is FUTEX_PRIVATE.
bool is_private(const Machine& machine, const Task& task, std::uint64_t at) {
  constexpr std::uint64_t kShared = 12;
  if (!is_in_shared_memory(machine, task, at)) return false;
  return machine.peek_value<std::uint32_t>(task, at + kShared) == 0U;
}

std::uint32_t waiting_at(const Barrier& barrier) {
  return static_cast<std::uint32_t>(std::ranges::count_if(barrier.arrivals, [](const auto& one) {
    return !one.second.released && !one.second.asleep;
  }));
}

class Wait final : public LibraryCall {
 public:
  Wait(Machine& machine, Task& task, std::uint64_t at)
      : LibraryCall(machine, task, "pthread_barrier_wait", barrier_at(machine, task, at), at,
                    sizeof(pthread_barrier_t)),
        barrier_(barrier_at(machine, task, at)) {
    barrier_.users.supplies(task.id);
    auto& comers = barrier_.comers;
    if (std::ranges::find(comers, task.id) == comers.end()) comers.push_back(task.id);
    // With more of them than a round takes, who comes first decides who is in it.
    const bool too_many = comers.size() > count_of(machine, task, at);
    touches_also({.object = barrier_.id(),
                  .does = kArrives,
                  .disturbs = too_many ? std::uint16_t{kArrives | kSets} : kSets});
  }

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    const auto at = barrier_.arrivals.find(task.id);
    if (at != barrier_.arrivals.end()) return at->second.released;
    return waiting_at(barrier_) + 1 >= count_of(machine, task, address());
  }

  Effect perform(Machine& machine, Task& task) override {
    mark(machine);
    if (!barrier_.arrivals.contains(task.id)) {
      arrive(machine, task);
      release(machine, task);
    }
    const auto at = barrier_.arrivals.find(task.id);
    machine.comes_after(at->second.after);
    const bool serial = at->second.serial;
    barrier_.arrivals.erase(at);
    return Effect::returns(serial ? IPCGRADE_BARRIER_SERIAL : 0);
  }

  [[nodiscard]] bool queues() const override { return true; }
  void begin_wait(Machine& machine, Task& task) override {
    if (barrier_.arrivals.contains(task.id)) return;  // it goes on after a handler
    mark(machine);
    arrive(machine, task);
  }

  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    const auto arrival = barrier_.arrivals.find(task.id);
    if (arrival != barrier_.arrivals.end() && arrival->second.asleep) {
      return private_sleep_text(barrier_);
    }
    const std::uint32_t count = count_of(machine, task, address());
    const std::uint32_t missing = count - std::min(count, waiting_at(barrier_));
    return fmt::format("waits at {} for {} more{}", barrier_.name(), missing,
                       own_memory_text(machine, task, address()));
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    std::vector<TaskId> found = barrier_.users.could_help(machine, task);
    std::erase_if(found, [&](TaskId one) {
      const auto at = barrier_.arrivals.find(one);
      return at != barrier_.arrivals.end() && !at->second.released;
    });
    if (is_in_shared_memory(machine, task, address())) return found;
    return of_same_process(machine, task, std::move(found));
  }

 private:
  void arrive(Machine& machine, const Task& task) {
    barrier_.arrivals[task.id] = {};
    machine.hand_over(barrier_.arrived);
  }
  void release(const Machine& machine, const Task& last) {
    const auto can_wake = same_process(machine, last);
    const bool wakes_all = !is_private(machine, last, address());
    bool first = true;
    for (auto& [task, arrival] : barrier_.arrivals) {
      if (arrival.released || arrival.asleep) continue;
      if (!wakes_all && !can_wake(task)) {
        arrival.asleep = true;
        continue;
      }
      arrival = {.released = true, .serial = first, .after = barrier_.arrived};
      first = false;
    }
    barrier_.arrived.clear();
  }

  Barrier& barrier_;
};

// pthread_barrier_init, when the library has done its part; pthread_barrier_destroy.
class Set final : public LibraryCall {
 public:
  Set(Machine& machine, Task& task, std::uint64_t at, bool destroys)
      : LibraryCall(machine, task, destroys ? "pthread_barrier_destroy" : "pthread_barrier_init",
                    barrier_at(machine, task, at), at, sizeof(pthread_barrier_t)),
        barrier_(barrier_at(machine, task, at)),
        destroys_(destroys) {
    touches_also({.object = barrier_.id(), .does = kSets, .disturbs = kArrives | kSets});
  }
  Effect perform(Machine& machine, Task&) override {
    mark(machine);
    if (destroys_) return Effect::fails(waiting_at(barrier_) > 0 ? EBUSY : 0);
    barrier_.arrivals.clear();
    barrier_.arrived.clear();
    barrier_.comers.clear();
    return Effect::returns(0);
  }

 private:
  Barrier& barrier_;
  bool destroys_;
};

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const std::uint64_t at = call.arguments[1];
  switch (call.arguments[0]) {
    case IPCGRADE_BARRIER_INIT:
      return make_library_call<Set>(machine, task, at, false);
    case IPCGRADE_BARRIER_WAIT:
      return make_library_call<Wait>(machine, task, at);
    case IPCGRADE_BARRIER_DESTROY:
      return make_library_call<Set>(machine, task, at, true);
    default:
      return nullptr;
  }
}

constexpr long kCalls[] = {kHypercall};

}  // namespace

const Mechanism kBarrierMechanism{"barriers", kCalls, decode};

}  // namespace ipcgrade
