// pthread mutexes, by hypercalls of the runtime: normal, recursive, error-checking, robust. Their
// state lies in the pthread_mutex_t as glibc 2.36 has it.
//
// Sources: pthread_mutex_lock(3p), pthread_mutexattr_setrobust(3), and nptl/pthread_mutex_lock.c
// for what the words mean.
#pragma once

#include <cstdint>
#include <string_view>

#include "ipc/machine.h"
#include "ipc/operation.h"
#include "ipc/wake_queue.h"

namespace ipcgrade {

extern const Mechanism kMutexMechanism;

class Mutex final : public Object {
 public:
  static constexpr std::string_view kKind = "mutex";
  Mutex(ObjectId id, std::string name) : Object(id, ObjectKind::kMutex, std::move(name)) {}
  [[nodiscard]] std::optional<std::uint64_t> state() const override { return times_held; }

  std::uint64_t times_held = 0;
  HandOver released;   ///< the last unlock, or the end of the task that held it
  WakeQueue sleepers;  ///< of a private one in shared memory
};

/// The mutex at an address of the task's.
[[nodiscard]] Mutex& mutex_at(Machine& machine, const Task& task, std::uint64_t address);
/// What locking and unlocking touch, beside the bytes.
[[nodiscard]] Touch mutex_touch(const Mutex& mutex);

/// Whether locking is done at once, be it with an error.
[[nodiscard]] bool mutex_can_lock(const Machine& machine, const Task& task, std::uint64_t address);
/// 0, or the error number that pthread_mutex_lock gives (EOWNERDEAD: it is locked).
int mutex_lock(Machine& machine, Task& task, Mutex& mutex, std::uint64_t address);
int mutex_unlock(Machine& machine, Task& task, Mutex& mutex, std::uint64_t address);
/// Whether unlocking would fail, for a kind that checks.
[[nodiscard]] bool mutex_may_unlock(const Machine& machine, const Task& task,
                                    std::uint64_t address);
/// ", held by server, which has ended"; empty where nobody holds it.
[[nodiscard]] std::string mutex_holder_text(const Machine& machine, const Task& task,
                                            std::uint64_t address);
[[nodiscard]] std::vector<TaskId> mutex_holder(const Machine& machine, const Task& task,
                                               std::uint64_t address);

/// The task has ended, inside the event of that: robust mutexes that it held are so no more, and
/// the next one to lock them is told.
void mutexes_of_ended_task(Machine& machine, Task& task);

}  // namespace ipcgrade
