// Tasks that wait to be woken: at a futex, at a condition variable.
//
// Neither futex(2) nor POSIX says which of several waiters a wake is for. So a wake is a permit
// that any one of those may take who waited when it was given; whoever goes first is a matter of
// the order. The number of permits never exceeds that of the waiters who could take them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <vector>

#include "ipc/machine.h"

namespace ipcgrade {

class WakeQueue {
 public:
  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  using Filter = std::function<bool(TaskId)>;

  void enter(TaskId task);
  [[nodiscard]] bool has(TaskId task) const;
  [[nodiscard]] const std::vector<TaskId>& waiters() const { return waiters_; }

  /// Wakes at most that many of those waiters that `filter` lets through, all without one. Gives
  /// how many. They will come after the current event.
  std::size_t wake(Machine& machine, std::size_t most, const Filter& filter = {});
  /// Whether it may take a permit.
  [[nodiscard]] bool can_go(TaskId task) const;
  /// Whether it waits here, and nobody has waked it.
  [[nodiscard]] bool sleeps(TaskId task) const { return has(task) && !can_go(task); }
  /// It takes one, and comes after the wake.
  void go(Machine& machine, TaskId task);
  /// It gives up waiting. False where it can't, since a wake can only have been for it: then it has
  /// taken that.
  bool leave(Machine& machine, TaskId task);
  /// What its waiters sleep at was made anew, and nothing there tells of them: no wake finds them.
  void forget_waiters();

  /// Whether the last wake came before it began to wait, from another, and found nobody.
  [[nodiscard]] bool missed(TaskId task) const;

  /// Wakes the first `wakes` waiters, moves `moves` of the rest to the other queue. Gives the count
  /// of both. Here the kernel's order of waiting decides, not the schedule's.
  std::size_t requeue(Machine& machine, WakeQueue& to, std::size_t wakes, std::size_t moves);

 private:
  struct Permits {
    std::vector<TaskId> eligible;
    std::size_t left = 0;
    HandOver by;
  };
  void remove(TaskId task);
  [[nodiscard]] bool must_go(TaskId task) const;

  std::vector<TaskId> waiters_;              ///< in the order in which they came
  std::vector<Permits> permits_;             ///< oldest first; each has some left
  std::map<TaskId, std::uint64_t> entered_;  ///< the value of wakes_ then
  std::uint64_t wakes_ = 0;
  bool last_found_nobody_ = false;
  TaskId last_by_ = kNoTask;
};

}  // namespace ipcgrade
