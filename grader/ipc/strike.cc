#include "ipc/strike.h"

#include <algorithm>
#include <csignal>
#include <iterator>

#include "ipc/process.h"
#include "ipc/signal.h"

namespace ipcgrade {
namespace {

constexpr int kMostSignal = 64;
/// A bit of the object that stands for a task, beside reading and writing it.
constexpr std::uint16_t kStrikes = 4;

/// Whether that signal would do something to the task if it came now.
bool lets_in(const Machine& machine, const Task& task, int signal) {
  const bool blocked = (task.mask & bit_of(signal)) != 0;
  if (blocked && signal != SIGKILL && signal != SIGSTOP) return false;
  return disposition(machine, task, signal) != Disposition::kIgnore;
}

}  // namespace

std::array<Touch, 2> sends(ObjectId self, int signal) {
  const auto number = static_cast<std::uint64_t>(signal);
  return {writes(self), Touch{self, 0, kStrikes, number, number + 1}};
}

void add_lets_in(const Machine& machine, const Task& task, std::vector<Touch>& touches) {
  const ObjectId leader = machine.task(machine.process_of(task).leader).self;
  for (int signal = 1; signal <= kMostSignal;) {
    const auto begin = static_cast<std::uint64_t>(signal);
    while (signal <= kMostSignal && lets_in(machine, task, signal)) ++signal;
    const auto end = static_cast<std::uint64_t>(signal++);
    if (begin == end) continue;
    touches.push_back({leader, kStrikes, 0, begin, end});
    if (task.self != leader) touches.push_back({task.self, kStrikes, 0, begin, end});
  }
}

std::vector<Touch> leaves_stack(const Machine& machine, const Task& task) {
  std::vector<Touch> touches;
  for (const TaskId one : machine.process_of(task).tasks) {
    const Task& other = machine.task(one);
    if (one == task.id || other.state == TaskState::kEnded) continue;
    touches.push_back(sends(other.self, SIGKILL).back());
  }
  return touches;
}

std::vector<Touch> ends_all(const Machine& machine, const Process& process) {
  std::vector<Touch> touches;
  for (const TaskId one : process.tasks) {
    std::ranges::copy(sends(machine.task(one).self, SIGKILL), std::back_inserter(touches));
  }
  return touches;
}

}  // namespace ipcgrade
