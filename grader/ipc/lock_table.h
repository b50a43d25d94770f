// The locks of one kind that are on one file: who holds which bytes how, and what has been let go.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "ipc/machine.h"

namespace ipcgrade {

/// Who owns a lock: an open file description, or a process.
struct LockOwner {
  const Description* description = nullptr;
  ProcessId process = 0;  ///< where there is no description

  friend bool operator==(const LockOwner&, const LockOwner&) = default;
};

struct HeldLock {
  LockOwner owner;
  std::uint64_t begin = 0, end = std::numeric_limits<std::uint64_t>::max();
  bool exclusive = false;
  TaskId by = kNoTask;  ///< who asked for it
};

class LockTable final : public Object {
 public:
  LockTable(ObjectId id, std::string name) : Object(id, ObjectKind::kFileLock, std::move(name)) {}

  /// Those that keep `wanted` from being had.
  [[nodiscard]] std::vector<const HeldLock*> against(const HeldLock& wanted) const;
  /// The owner lets go of [begin, end); locks that reach beyond are cut.
  void release(Machine& machine, const LockOwner& owner, std::uint64_t begin = 0,
               std::uint64_t end = std::numeric_limits<std::uint64_t>::max());
  /// Nothing is against it. What the owner had there before becomes this.
  void acquire(Machine& machine, const HeldLock& wanted);

  [[nodiscard]] const std::vector<HeldLock>& held() const { return held_; }
  [[nodiscard]] bool has(const LockOwner& owner) const;
  [[nodiscard]] std::optional<std::uint64_t> state() const override;

  /// Shared locks commute with each other, at locking and unlocking.
  [[nodiscard]] Touch locks(bool exclusive, std::uint64_t begin, std::uint64_t end) const;
  [[nodiscard]] Touch looks(std::uint64_t begin, std::uint64_t end) const;

 private:
  struct Release {
    std::uint64_t begin, end;
    bool exclusive;
    HandOver by;
  };
  void note_release(Machine& machine, const HeldLock& lock);

  std::vector<HeldLock> held_;
  std::vector<Release> released_;
};

}  // namespace ipcgrade
