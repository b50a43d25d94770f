// livelock and busy-wait, and deadlocks by deadlock.h: a held run that does not end, or waits
// badly.
#pragma once

#include <vector>

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// A run that ended with programs that wait, or look again and again, for ever. Nothing where its
/// results are right: a program that may wait and does. At most one.
[[nodiscard]] std::vector<Finding> detect_hang(const Scenario& scenario, const Trace& trace,
                                               Stage stage);

/// How a lab takes a task that looks again and again.
enum class Polling {
  kIsWaiting,   ///< with a sleep or a yield between the looks
  kIsBusyWait,  ///< in either way: labs that say so
};

/// Tasks that were held since they look again and again: one for each place.
[[nodiscard]] std::vector<Finding> detect_busy_waits(const Scenario& scenario, const Trace& trace,
                                                     Polling polling);

}  // namespace ipcgrade
