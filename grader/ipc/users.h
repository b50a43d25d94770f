// Who has to do with an object: from whom help can come to one that waits.
#pragma once

#include <algorithm>
#include <vector>

#include "ipc/machine.h"

namespace ipcgrade {

/// All that have not ended, of what anybody may do.
[[nodiscard]] inline std::vector<TaskId> all_others(const Machine& machine, const Task& waiting) {
  std::vector<TaskId> others;
  for (std::size_t i = 0; i < machine.task_count(); ++i) {
    const Task& other = machine.task(static_cast<TaskId>(i));
    if (other.id != waiting.id && other.state != TaskState::kEnded) others.push_back(other.id);
  }
  return others;
}

class Users {
 public:
  /// It has opened it, or done something else to it.
  void uses(TaskId task) { add(users_, task); }
  /// It has done what others wait for: a V, a send, an unlock.
  void supplies(TaskId task) {
    add(users_, task);
    add(suppliers_, task);
  }

  /// Those that did supply, ended or not (it is told why they can't any more), then the live tasks
  /// of the programs that use it: a child knows what its parent knows. Never `waiting` itself.
  [[nodiscard]] std::vector<TaskId> could_help(const Machine& machine, const Task& waiting) const {
    std::vector<TaskId> found;
    for (const TaskId one : suppliers_) {
      if (one != waiting.id) found.push_back(one);
    }
    for (std::size_t i = 0; i < machine.task_count(); ++i) {
      const Task& task = machine.task(static_cast<TaskId>(i));
      if (task.id == waiting.id || task.state == TaskState::kEnded ||
          task.state == TaskState::kNotStarted) {
        continue;
      }
      const bool knows = std::ranges::any_of(
          users_, [&](TaskId user) { return machine.task(user).program == task.program; });
      if (knows) add(found, task.id);
    }
    return found;
  }

 private:
  static void add(std::vector<TaskId>& tasks, TaskId task) {
    if (std::ranges::find(tasks, task) == tasks.end()) tasks.push_back(task);
  }

  std::vector<TaskId> users_;
  std::vector<TaskId> suppliers_;
};

}  // namespace ipcgrade
