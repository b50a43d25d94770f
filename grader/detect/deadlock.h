// deadlock and lost-wakeup: everybody waits, and nobody can go on.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// How many of those that hang a sentence names.
inline constexpr std::size_t kMostNamed = 3;

/// The tasks that are held against somebody: not those of a program that may wait, as long as there
/// are others.
[[nodiscard]] std::vector<TaskId> stuck_tasks(const Scenario& scenario, const Trace& trace);

/// Adds where they wait, for what, what they hold, and who could end that.
void add_waits(Finding& finding, const Trace& trace, const std::vector<TaskId>& stuck);

/// Whether each holds a lock that another waits for: which of them came first makes no difference.
[[nodiscard]] bool is_lock_cycle(const std::vector<Waiting>& waits);

/// For who waits for the end of a pipe that it could write to itself.
[[nodiscard]] std::string hint_for_own_end();

/// A run in which tasks are stuck. Adds to `keys` what its story is to show, beside the waits.
[[nodiscard]] Finding tell_deadlock(const Scenario& scenario, const Trace& trace, Stage stage,
                                    std::vector<EventId>& keys);

}  // namespace ipcgrade
