// A signal comes between any two steps of the task that it is sent to: what the one step and the
// other have to do with each other there, for the search of orders.
#pragma once

#include <array>
#include <vector>

#include "ipc/machine.h"

namespace ipcgrade {

/// What sending `signal` does to the object that stands for its target; 0, which is none, strikes
/// nobody.
[[nodiscard]] std::array<Touch, 2> sends(ObjectId self, int signal);

/// The other side: before what the task does next, whatever that is, those may come that it lets
/// in now. Appends a touch for each range of such signals.
void add_lets_in(const Machine& machine, const Task& task, std::vector<Touch>& touches);

/// What the return from main does to its process's other threads: what it had on its stack is gone
/// then. Empty where there are none.
[[nodiscard]] std::vector<Touch> leaves_stack(const Machine& machine, const Task& task);

/// What the end of a whole process does to its tasks: no thread of it takes another step.
[[nodiscard]] std::vector<Touch> ends_all(const Machine& machine, const Process& process);

}  // namespace ipcgrade
