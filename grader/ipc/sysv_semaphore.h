// System V semaphores: semget, semop, semtimedop, semctl.
//
// Where several tasks could go through, which of them does is a matter of the order: semop(2)
// promises no queue.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <vector>

#include "ipc/machine.h"
#include "ipc/sysv_names.h"
#include "ipc/tokens.h"
#include "ipc/users.h"

namespace ipcgrade {

class SemaphoreOperation;

class SemaphoreSet final : public Object {
 public:
  struct Semaphore {
    Tokens value;
    int used_by = 0;   ///< sempid
    HandOver changes;  ///< what a look at the value, and a wait for zero, comes after
  };

  SemaphoreSet(ObjectId id, std::size_t count)
      : Object(id, ObjectKind::kSemaphore, ""), semaphores(count) {}
  [[nodiscard]] std::optional<std::uint64_t> state() const override {
    std::uint64_t values = 0;
    for (const Semaphore& one : semaphores) {
      values = values * 32'771 + static_cast<std::uint64_t>(one.value.count());
    }
    return values;
  }

  SysvEntry entry;
  std::vector<Semaphore> semaphores;
  std::map<ProcessId, std::vector<std::int64_t>> undo;  ///< semadj
  std::vector<SemaphoreOperation*> pending;             ///< calls that stand before it
  Users users;
  HandOver changes;  ///< what IPC_STAT comes after
  std::int64_t used_at = 0, changed_at = 0;
};

extern const Mechanism kSysvSemaphoreMechanism;

/// The process ends: what it did with SEM_UNDO is taken back, and lets others through. Inside the
/// event of its end.
void semaphores_process_ended(Machine& machine, Process& process, TaskId task);
[[nodiscard]] std::vector<Touch> semaphore_end_touches(const Machine& machine,
                                                       const Process& process);

/// Sets that are there now, in the order of their ids.
[[nodiscard]] std::vector<const SemaphoreSet*> semaphore_sets_left(const Machine& machine);

}  // namespace ipcgrade
