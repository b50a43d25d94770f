// futex(2), as far as programs and the C library use it beside what the runtime takes over: waits,
// wakes, requeues. Which waiters a wake is for is a matter of the order.
#pragma once

#include <map>

#include "ipc/machine.h"
#include "ipc/operation.h"

namespace ipcgrade {

extern const Mechanism kFutexMechanism;

/// Private futexes are of one address space, even in memory that others share: get_futex_key() of
/// the kernel. One that is not, in private memory, is another futex.
struct FutexKey {
  ByteLocation at;
  bool is_private = false;
  friend auto operator<=>(const FutexKey&, const FutexKey&) = default;
};
[[nodiscard]] FutexKey futex_key(const Machine& machine, const Task& task, std::uint64_t address,
                                 bool is_private);

/// What stands for the key among objects of that kind: made when it is asked for first, "`what` at
/// offset 8 of the shared mapping".
template <typename T>
[[nodiscard]] T& object_of_key(Machine& machine, const FutexKey& key, const char* what) {
  struct Known {
    std::map<FutexKey, ObjectId> objects;
  };
  auto& objects = machine.state<Known>().objects;
  if (const auto known = objects.find(key); known != objects.end()) {
    return static_cast<T&>(machine.object(known->second));
  }
  auto& made = machine.make<T>(what + machine.name_of(key.at));
  objects[key] = made.id();
  return made;
}

/// The commands whose names end in _PI, of futex_pi.cc.
[[nodiscard]] std::unique_ptr<Operation> decode_futex_pi(Machine& machine, Task& task,
                                                         const Call& call);

/// As the kernel does at a thread's end (CLONE_CHILD_CLEARTID). Inside an event.
void futex_wake_at(Machine& machine, const ByteLocation& at, int count);
/// The task has ended, inside the event of that: who waits at its clear_address is woken.
void futexes_of_ended_task(Machine& machine, Task& task);

}  // namespace ipcgrade
